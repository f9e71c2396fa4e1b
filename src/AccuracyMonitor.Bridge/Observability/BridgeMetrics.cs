using AccuracyMonitor.Bridge.Journal;
using AccuracyMonitor.Bridge.Sync;
using AccuracyMonitor.Hosting.Metrics;

namespace AccuracyMonitor.Bridge.Observability;

/// <summary>The bridge's counts at /metrics. Their names are an interface. They are read when somebody asks: the loop counts without them.</summary>
internal sealed class BridgeMetrics
{
    private const string Prefix = "bridge_";

    private readonly (Series Series, Func<BridgeCounters, double> Read)[] _counts;
    private readonly (Series Series, ItemState State)[] _requests;
    private readonly GaugeFamily _lastPass;
    private readonly BridgeCounters _counters;
    private readonly BridgeJournal _journal;

    public BridgeMetrics(MetricRegistry registry, BridgeCounters counters, BridgeJournal journal)
    {
        (_counters, _journal) = (counters, journal);
        var tasks = registry.Counter(
            Prefix + "tasks_total", "Tasks of the labelling tool: created, withdrawn (the request was over), doubles deleted.", "outcome");
        var annotations = registry.Counter(
            Prefix + "annotations_total",
            "Annotations by what became of them: label, skip, opinion, retracted, opinion_retracted, left_out (neither label nor opinion), unusable, refused.",
            "outcome");
        var failures = registry.Counter(Prefix + "failures_total", "Calls that failed, by side: tool, queue.", "side");
        _counts =
        [
            (tasks.Of("created"), c => c.Imported),
            (tasks.Of("withdrawn"), c => c.Withdrawn),
            (tasks.Of("double_deleted"), c => c.DoublesDeleted),
            (annotations.Of("label"), c => c.Labels),
            (annotations.Of("skip"), c => c.Skips),
            (annotations.Of("opinion"), c => c.Opinions),
            (annotations.Of("retracted"), c => c.Retracted),
            (annotations.Of("opinion_retracted"), c => c.OpinionsRetracted),
            (annotations.Of("left_out"), c => c.SecondAnswers),
            (annotations.Of("unusable"), c => c.Unusable),
            (annotations.Of("refused"), c => c.Refused),
            (failures.Of("tool"), c => c.ToolFailures),
            (failures.Of("queue"), c => c.QueueFailures),
            (registry.Counter(Prefix + "polls_total", "Passes over both sides that ended without a failure.").Of(), c => c.Passes),
            (registry.Counter(Prefix + "leases_lost_total", "Leases that ended before their answer.").Of(), c => c.LeasesLost),
            (registry.Counter(Prefix + "hints_total", "Webhook calls that were accepted.").Of(), c => c.Hints),
            (registry.Counter(Prefix + "hooks_rearmed_total", "Webhooks that were found inactive and activated again.").Of(), c => c.HooksRearmed),
            (registry.Counter(Prefix + "filters_ignored_total", "Polls whose filter the labelling tool ignored.").Of(), c => c.FiltersIgnored),
        ];
        var open = registry.Gauge(Prefix + "requests", "Leased requests: wanted (no task yet), open (a task waits), held (nothing can be shown).", "state");
        _requests = [(new Series(["wanted"]), ItemState.Wanted), (new Series(["open"]), ItemState.Open), (new Series(["held"]), ItemState.Held)];
        open.Replace([.. _requests.Select(r => r.Series)]);
        _lastPass = registry.Gauge(Prefix + "last_poll_timestamp_seconds", "When the last pass ended without a failure; 0: none did.");
    }

    /// <summary>Takes over the counts as they are now.</summary>
    public void Refresh()
    {
        foreach (var (series, read) in _counts)
        {
            series.Set(read(_counters));
        }

        foreach (var (series, state) in _requests)
        {
            series.Set(_journal.Count(state));
        }

        _lastPass.Set(_counters.LastPass?.ToUnixTimeMilliseconds() / 1000.0 ?? 0);
    }
}
