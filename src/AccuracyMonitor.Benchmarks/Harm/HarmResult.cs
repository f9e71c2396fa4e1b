using AccuracyMonitor.Cli.Demo;

namespace AccuracyMonitor.Benchmarks.Harm;

/// <param name="Scenario">Which.</param>
/// <param name="Latency">Of both applications.</param>
/// <param name="Client">What became of the predictions, by the client.</param>
/// <param name="Sidecar">The same, by the sidecar.</param>
/// <param name="Failed">Requests not answered with 200, of either application.</param>
/// <param name="PlainMemory">Most resident bytes of the application without a monitor.</param>
/// <param name="MonitoredMemory">And of the other.</param>
/// <param name="SidecarMemory">And of the sidecar.</param>
/// <param name="Recoveries">After each fault, until predictions arrived again and none waited long.</param>
internal sealed record HarmResult(
    Scenario Scenario,
    LatencyPairs Latency,
    ClientNumbers Client,
    SidecarNumbers Sidecar,
    int Failed,
    long PlainMemory,
    long MonitoredMemory,
    long SidecarMemory,
    IReadOnlyList<TimeSpan> Recoveries)
{
    /// <summary>
    /// Every prediction is accepted, rejected or dropped for a reason, by the client's own count. The sidecar may have counted more than the
    /// client knows it accepted, if answers were lost, and by no more than those; what a kill -9 ended it can't tell any more.
    /// </summary>
    public bool AllAccounted => Client.Waiting == 0
        && Sidecar.Counted <= Client.Accepted + Client.Dropped.GetValueOrDefault("connection_lost")
        && (Sidecar.WasKilled || Sidecar.Counted >= Client.Accepted);

    public bool AllRecovered(int pairs) => !Scenario.Recovers || Recoveries.Count == pairs;
}

/// <param name="Counted">Predictions of the application that it counted, over its lives.</param>
/// <param name="Others">Predictions of other models.</param>
/// <param name="Dropped">By reason, whoever sent them; label requests too.</param>
/// <param name="Rejected">Likewise.</param>
/// <param name="WasKilled">Some of its counts died with it.</param>
internal sealed record SidecarNumbers(long Counted, long Others, IReadOnlyDictionary<string, long> Dropped, IReadOnlyDictionary<string, long> Rejected, bool WasKilled)
{
    private const string Predictions = "accuracy_monitor_predictions_total{";

    public static async Task<SidecarNumbers> ReadAsync(HarmSidecar sidecar, CancellationToken cancel)
    {
        var all = await sidecar.ScrapeAsync(cancel);
        foreach (var (series, value) in sidecar.Earlier)
        {
            all[series] = all.GetValueOrDefault(series) + value;
        }

        var predictions = all.Where(s => s.Key.StartsWith(Predictions, StringComparison.Ordinal)).ToLookup(s => s.Key.Contains($"model=\"{DemoProcesses.Model}\"", StringComparison.Ordinal), s => s.Value);
        return new SidecarNumbers((long)predictions[true].Sum(), (long)predictions[false].Sum(), ByReason("dropped"), ByReason("rejected"), sidecar.WasKilled);

        Dictionary<string, long> ByReason(string counter)
        {
            var start = $"accuracy_monitor_{counter}_total{{reason=\"";
            return all.Where(s => s.Value > 0 && s.Key.StartsWith(start, StringComparison.Ordinal)).ToDictionary(s => s.Key[start.Length..].Split('"')[0], s => (long)s.Value, StringComparer.Ordinal);
        }
    }
}
