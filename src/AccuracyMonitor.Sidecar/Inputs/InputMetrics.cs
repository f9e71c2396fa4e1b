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

    /// <summary>The store did not take it: it is busy, or the disk is full or fails.</summary>
    public const string StoreError = "store_error";

    /// <summary>The body of the request was given up before it was known that a label is requested.</summary>
    public const string RingOverrun = "ring_overrun";

    /// <summary>The body of the request is not read, or its rows are not those of the answer.</summary>
    public const string Undecodable = "undecodable";

    private readonly CounterFamily _attached;
    private readonly CounterFamily _missing;
    private readonly GaugeFamily _bytes;

    public InputMetrics(MetricRegistry registry)
    {
        _attached = registry.Counter("inputs_attached_total", "Inputs stored with label requests; replacements count again.");
        _missing = registry.Counter(
            "inputs_missing_total",
            "Inputs that are not there for those who label, by reason: never_attached (nor a reference given, when the request was first leased), too_large "
                + "(Labelling:Inputs:MaxBytes), store_full (Labelling:Inputs:MaxTotalBytes), store_error (the database refused it); of tap and sink "
                + "ring_overrun (Labelling:Inputs:CaptureBytes, CaptureAge) and undecodable. One prediction can count under several.",
            "reason");
        _bytes = registry.Gauge("input_bytes", "Bytes of the inputs kept: used (with what each takes beside its content), bound.", "kind");
        foreach (var reason in (string[])[NeverAttached, TooLarge, StoreFull, StoreError, RingOverrun, Undecodable])
        {
            _missing.Of(reason);
        }

        Totals(new InputTotals(0, 0), 0);
    }

    public void Attached() => _attached.Of().Add(1);

    public void Missing(string reason, int count = 1) => _missing.Of(reason).Add(count);

    public void Totals(InputTotals totals, long bound) => _bytes.Replace(new Series(["used"], totals.Charged), new Series(["bound"], bound));
}
