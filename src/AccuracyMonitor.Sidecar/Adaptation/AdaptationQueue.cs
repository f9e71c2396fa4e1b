using System.Threading.Channels;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Storage.Monitors;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Adaptation;

/// <summary>Model versions with enough new labels for a fit. Bounded by the number of models: one that waits already is not added again.</summary>
internal sealed class AdaptationQueue(IOptions<AdaptationOptions> settings, FineTuner tuning)
{
    private readonly Channel<(ModelState Model, PromotionKind Kind)> _due = Channel.CreateUnbounded<(ModelState, PromotionKind)>();
    private readonly HashSet<(ModelState, PromotionKind)> _waiting = [];
    private readonly Lock _gate = new();

    public IAsyncEnumerable<(ModelState Model, PromotionKind Kind)> ReadAllAsync(CancellationToken cancel) => _due.Reader.ReadAllAsync(cancel);

    public void Consider(ModelState model)
    {
        var s = settings.Value;
        if (s.RecalibrateEvery > 0 && model.Adaptation.SinceHead >= s.RecalibrateEvery)
        {
            Add(model, PromotionKind.Recalibration);
        }

        if (s.FineTuneEvery > 0 && model.Adaptation.SinceNetwork >= s.FineTuneEvery && model.Monitor.Graph.Length > 0 && tuning.Obstacle(model.Monitor) is null)
        {
            Add(model, PromotionKind.FineTuning);
        }
    }

    public void Taken(ModelState model, PromotionKind kind)
    {
        lock (_gate)
        {
            _waiting.Remove((model, kind));
        }
    }

    private void Add(ModelState model, PromotionKind kind)
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
