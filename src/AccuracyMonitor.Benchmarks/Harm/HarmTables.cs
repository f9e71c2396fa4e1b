using Spectre.Console;

namespace AccuracyMonitor.Benchmarks.Harm;

internal static class HarmTables
{
    public static Table Latencies(IEnumerable<HarmResult> results)
    {
        var table = new Table().Title("Latency of the serving application in ms, from due to answered")
            .AddColumns("scenario", "without: median", "99 %", "99.9 %", "worst", "with: median", "99 %", "99.9 %", "worst",
                "median, with less without (least to most)", "99 %", "99.9 %", "failed");
        foreach (var column in table.Columns.Skip(1))
        {
            column.RightAligned();
        }

        foreach (var r in results)
        {
            table.AddRow(
            [
                r.Scenario.Name, .. Cells(r.Latency.Without), .. Cells(r.Latency.With),
                r.Latency.Difference(l => l.Median), r.Latency.Difference(l => l.P99), r.Latency.Difference(l => l.P999), $"{r.Failed}",
            ]);
        }

        return table;
    }

    public static Table Accounts(IEnumerable<HarmResult> results, int pairs)
    {
        var table = new Table().Title("What became of the predictions, the most memory, and recovery")
            .AddColumns("scenario", "observed", "accepted", "rejected", "dropped by the client", "counted by the sidecar", "others'",
                "dropped, rejected by the sidecar", "accounted", "app without, with, sidecar MB", "recovery s");
        foreach (var r in results)
        {
            table.AddRow(
                r.Scenario.Name, $"{r.Client.Observed:N0}", $"{r.Client.Accepted:N0}", $"{r.Client.Rejected:N0}", Reasons(r.Client.Dropped),
                $"{r.Sidecar.Counted:N0}", $"{r.Sidecar.Others:N0}",
                Reasons(r.Sidecar.Dropped.Concat(r.Sidecar.Rejected)), r.AllAccounted ? "all" : $"NOT ({r.Client.Waiting})",
                $"{r.PlainMemory / 1e6:0}, {r.MonitoredMemory / 1e6:0}, {r.SidecarMemory / 1e6:0}",
                !r.Scenario.Recovers ? "" : r.AllRecovered(pairs) ? $"{r.Recoveries.Min().TotalSeconds:0.0} to {r.Recoveries.Max().TotalSeconds:0.0}" : "NOT");
        }

        return table;
    }

    private static string[] Cells(Latency l) => [$"{l.Median:0.00}", $"{l.P99:0.00}", $"{l.P999:0.0}", $"{l.Worst:0.0}"];

    private static string Reasons(IEnumerable<KeyValuePair<string, long>> counts) => string.Join(", ", counts.Select(c => $"{c.Key} {c.Value:N0}"));
}
