using AccuracyMonitor.Runs.Demo;

namespace AccuracyMonitor.Benchmarks.Harm;

internal sealed record HarmResult
{
    /// <summary>The scenario.</summary>
    public required Scenario Scenario { get; init; }

    /// <summary>Latencies of both applications.</summary>
    public required LatencyPairs Latency { get; init; }

    /// <summary>Outcomes of the predictions as counted by the client.</summary>
    public required ClientNumbers Client { get; init; }

    /// <summary>Outcomes of the predictions as counted by the sidecar.</summary>
    public required SidecarNumbers Sidecar { get; init; }

    /// <summary>Requests of either application that were not answered with 200.</summary>
    public required int Failed { get; init; }

    /// <summary>Peak resident bytes of the application without a monitor.</summary>
    public required long PlainMemory { get; init; }

    /// <summary>Peak resident bytes of the application with a monitor.</summary>
    public required long MonitoredMemory { get; init; }

    /// <summary>Peak resident bytes of the sidecar.</summary>
    public required long SidecarMemory { get; init; }

    /// <summary>Time after each fault until predictions arrived again and none waited long.</summary>
    public required IReadOnlyList<TimeSpan> Recoveries { get; init; }

    /// <summary>
    /// Whether every prediction is accounted for. By the client's count each is accepted, rejected or dropped for a reason. If answers were
    /// lost, the sidecar may have counted more than the client knows to be accepted, but at most by the number of lost answers. Counts lost
    /// by a kill -9 cannot be checked.
    /// </summary>
    public bool AllAccounted => Client.Waiting == 0
        && Sidecar.Counted <= Client.Accepted + Client.Dropped.GetValueOrDefault("connection_lost")
        && (Sidecar.WasKilled || Sidecar.Counted >= Client.Accepted);

    public bool AllRecovered(int pairs) => !Scenario.Recovers || Recoveries.Count == pairs;
}

/// <param name="Counted">Predictions of the application that the sidecar counted, over all its processes.</param>
/// <param name="Others">Predictions of other models.</param>
/// <param name="Dropped">Drops by reason, for all senders, including label requests.</param>
/// <param name="Rejected">Rejections by reason, for all senders.</param>
/// <param name="WasKilled">True if some of its counts were lost by a kill.</param>
internal sealed record SidecarNumbers(
    long Counted, long Others, IReadOnlyDictionary<string, long> Dropped, IReadOnlyDictionary<string, long> Rejected, bool WasKilled)
{
    private const string Predictions = "accuracy_monitor_predictions_total{";

    public static async Task<SidecarNumbers> ReadAsync(HarmSidecar sidecar, CancellationToken cancel)
    {
        var all = await sidecar.ScrapeAsync(cancel);
        foreach (var (series, value) in sidecar.Earlier)
        {
            all[series] = all.GetValueOrDefault(series) + value;
        }

        var predictions = all.Where(s => s.Key.StartsWith(Predictions, StringComparison.Ordinal))
            .ToLookup(s => s.Key.Contains($"model=\"{DemoProcesses.Model}\"", StringComparison.Ordinal), s => s.Value);
        return new SidecarNumbers((long)predictions[true].Sum(), (long)predictions[false].Sum(), ByReason("dropped"), ByReason("rejected"), sidecar.WasKilled);

        Dictionary<string, long> ByReason(string counter)
        {
            var start = $"accuracy_monitor_{counter}_total{{reason=\"";
            return all.Where(s => s.Value > 0 && s.Key.StartsWith(start, StringComparison.Ordinal))
                .ToDictionary(s => s.Key[start.Length..].Split('"')[0], s => (long)s.Value, StringComparer.Ordinal);
        }
    }
}
