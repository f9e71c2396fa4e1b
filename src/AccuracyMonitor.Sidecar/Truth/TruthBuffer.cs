using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Storage.Truth;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Truth;

/// <summary>Predictions between the scoring loop, which never waits, and the store. What does not fit is dropped and counted.</summary>
internal sealed class TruthBuffer(IOptions<TruthOptions> settings, AccuracyMonitorMetrics metrics)
{
    /// <summary>Predictions that wait at most, about 20 MB.</summary>
    public const int Most = 100_000;

    private readonly Lock _gate = new();
    private List<RememberedPrediction> _waiting = [];

    /// <summary>Whether predictions are remembered at all.</summary>
    public bool IsOn { get; } = settings.Value.Remember;

    public void Add(RememberedPrediction prediction)
    {
        lock (_gate)
        {
            if (_waiting.Count < Most)
            {
                _waiting.Add(prediction);
                return;
            }
        }

        metrics.Dropped("truth_buffer", 1);
    }

    /// <summary>Takes back what could not be written, before what came later.</summary>
    public void PutBack(IReadOnlyList<RememberedPrediction> unwritten)
    {
        int dropped;
        lock (_gate)
        {
            var room = Most - _waiting.Count;
            dropped = Math.Max(0, unwritten.Count - room);
            _waiting.InsertRange(0, unwritten.Skip(dropped));
        }

        metrics.Dropped("truth_buffer", dropped);
    }

    /// <summary>What waits; it no longer does.</summary>
    public IReadOnlyList<RememberedPrediction> Take()
    {
        lock (_gate)
        {
            var taken = _waiting;
            _waiting = [];
            return taken;
        }
    }
}
