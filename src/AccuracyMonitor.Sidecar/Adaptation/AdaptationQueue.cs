using System.Threading.Channels;
using AccuracyMonitor.Sidecar.Models;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Adaptation;

/// <summary>Model versions with enough new labels for a fit. Bounded by the number of models: one that waits already is not added again.</summary>
internal sealed class AdaptationQueue(IOptions<AdaptationOptions> settings, FineTuner tuning)
{
    private readonly Channel<(ModelState Model, V1.AdaptationKind Kind)> _due = Channel.CreateUnbounded<(ModelState, V1.AdaptationKind)>();
    private readonly HashSet<(ModelState, V1.AdaptationKind)> _waiting = [];
    private readonly Lock _gate = new();

    public IAsyncEnumerable<(ModelState Model, V1.AdaptationKind Kind)> ReadAllAsync(CancellationToken cancel) => _due.Reader.ReadAllAsync(cancel);

    public void Consider(ModelState model)
    {
        var s = settings.Value;
        if (s.RecalibrateEvery > 0 && model.Adaptation.SinceHead >= s.RecalibrateEvery)
        {
            Add(model, V1.AdaptationKind.Recalibration);
        }

        if (s.FineTuneEvery > 0 && model.Adaptation.SinceNetwork >= s.FineTuneEvery && model.Monitor.Graph.Length > 0 && tuning.Obstacle(model.Monitor) is null)
        {
            Add(model, V1.AdaptationKind.FineTuning);
        }
    }

    public void Taken(ModelState model, V1.AdaptationKind kind)
    {
        lock (_gate)
        {
            _waiting.Remove((model, kind));
        }
    }

    private void Add(ModelState model, V1.AdaptationKind kind)
    {
        lock (_gate)
        {
            if (_waiting.Add((model, kind)))
            {
                _due.Writer.TryWrite((model, kind));
            }
        }
    }
}
