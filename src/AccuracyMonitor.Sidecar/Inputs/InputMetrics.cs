using AccuracyMonitor.Hosting.Metrics;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Storage.Inputs;

namespace AccuracyMonitor.Sidecar.Inputs;

/// <summary>How many inputs are kept, and why others are missing.</summary>
internal sealed class InputMetrics
{
    /// <summary>Nothing was attached, and no reference given, when the request was first leased.</summary>
    public const string NeverAttached = "never_attached";

    public const string TooLarge = "too_large";
    public const string StoreFull = "store_full";

    private readonly CounterFamily _attached;
    private readonly CounterFamily _missing;
    private readonly GaugeFamily _bytes;

    public InputMetrics(MetricRegistry registry)
    {
        _attached = registry.Counter("inputs_attached_total", "Inputs stored with label requests; replacements count again.");
        _missing = registry.Counter(
            "inputs_missing_total",
            "Inputs that are not there for those who label, by reason: never_attached (nor a reference given, when the request was first leased), too_large "
                + "(Labelling:Inputs:MaxBytes), store_full (Labelling:Inputs:MaxTotalBytes). One prediction can count under several.",
            "reason");
        _bytes = registry.Gauge("input_bytes", "Bytes of the inputs kept: used (with what each takes beside its content), bound.", "kind");
        foreach (var reason in (string[])[NeverAttached, TooLarge, StoreFull])
        {
            _missing.Of(reason);
        }

        Totals(new InputTotals(0, 0), 0);
    }

    public void Attached() => _attached.Of().Add(1);

    public void Missing(string reason) => _missing.Of(reason).Add(1);

    public void Totals(InputTotals totals, long bound) => _bytes.Replace(new Series(["used"], totals.Charged), new Series(["bound"], bound));
}
