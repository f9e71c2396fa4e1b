using AccuracyMonitor.Hosting.Metrics;
using AccuracyMonitor.Storage;

namespace AccuracyMonitor.Sidecar.Observability;

/// <summary>How much the database holds, what retention deleted, and how its writes ended.</summary>
internal sealed class StoreMetrics
{
    private readonly GaugeFamily _bytes;
    private readonly CounterFamily _pruned;
    private readonly CounterFamily _writes;
    private readonly Series _commits;

    public StoreMetrics(MetricRegistry registry)
    {
        _bytes = registry.Gauge(
            "store_bytes", "Bytes of the database: used (by what it holds), file (which does not shrink), bound (Storage:MaxBytes).", "kind");
        _pruned = registry.Counter(
            "store_pruned_total",
            "Rows that retention deleted: requests (with their labels), inputs (to make room in the database), vectors (softmax outputs alone), buckets, "
                + "monitors, decisions, audits (entries of the audit trail), versions (counts of those of which nothing else was left).",
            "kind");
        _writes = registry.Counter(
            "store_writes_total", "Writes of the database, by outcome: completed, failed, refused (too many waited). Read once a minute.", "outcome");
        _commits = registry.Counter(
            "store_commits_total", "Transactions of the database. Each holds the writes that waited when it began. Read once a minute.").Of();
        Size(new StoreSize(0, 0), 0);
        Writes(new StoreCounters());
        Pruned(new PruneResult(0, 0, More: false));
    }

    public void Size(StoreSize size, long bound) =>
        _bytes.Replace(new Series(["used"], size.Used), new Series(["file"], size.File), new Series(["bound"], bound));

    public void Writes(StoreCounters counters)
    {
        _writes.Of("completed").Set(counters.WritesCompleted);
        _writes.Of("failed").Set(counters.WritesFailed);
        _writes.Of("refused").Set(counters.WritesRefused);
        _commits.Set(counters.Commits);
    }

    public void Pruned(PruneResult result)
    {
        _pruned.Of("requests").Add(result.Requests);
        _pruned.Of("inputs").Add(result.Inputs);
        _pruned.Of("vectors").Add(result.Vectors);
        _pruned.Of("buckets").Add(result.Buckets);
        _pruned.Of("monitors").Add(result.Monitors);
        _pruned.Of("decisions").Add(result.Decisions);
        _pruned.Of("audits").Add(result.Audits);
        _pruned.Of("versions").Add(result.Versions);
    }
}
