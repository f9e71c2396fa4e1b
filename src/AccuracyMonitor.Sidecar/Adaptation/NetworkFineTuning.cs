using AccuracyMonitor.Core.Transfer;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Sidecar.Intake;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Monitors;
using AccuracyMonitor.Storage;
using AccuracyMonitor.Storage.Monitors;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Adaptation;

/// <summary>Network transfer: adapts the members' own weights to labels, from the champion's file to a new one.</summary>
internal sealed class NetworkFineTuning(
    MonitorStore store, MonitorManager manager, StartingMonitors starting, FineTuner tuning, IOptions<AdaptationOptions> settings, TimeProvider time,
    ILogger<NetworkFineTuning> logger)
{
    private const int MaxJudged = 200;
    private const int MinLabels = 100;

    public async Task<PromotionRow> RunAsync(ModelState model, CancellationToken cancel)
    {
        await model.Management.WaitAsync(cancel);
        try
        {
            model.Adaptation.NetworkFitted();
            using var lease = model.LeaseMonitor();
            var champion = lease.Monitor;
            if (champion.Scorer.Metadata is null)
            {
                return manager.Refused(model, PromotionKind.Network, $"The champion {champion.Version} is no network.");
            }

            var labels = await AdaptationLabels.ReadAsync(store, model, lease, new LabelRange(settings.Value.HeadMaxLabels, time.GetUtcNow()), cancel);
            var judged = Math.Min(MaxJudged, labels.HeldOut(champion));
            if (labels.Samples.Count < MinLabels || judged < MinLabels / 5)
            {
                return manager.TooFew(model, PromotionKind.Network, labels.Samples.Count, judged, MinLabels);
            }

            var (logits, tune) = tuning.Prepare(champion, labels.Samples, cancel);
            var newest = labels.Samples.Skip(labels.Samples.Count - judged).ToArray();
            var verdict = ChampionChallenger.Judge(labels.ChampionLogits(champion, judged), logits.AsSpan(logits.Length - judged), newest);
            var tuned = tune();
            var scorer = EnsembleScorer.Load(tuned, starting.ScorerOptions(model.ClassCount), logger);
            using var challenger = MonitorLease.OfCreator(
                new MonitorSnapshot(new SharedScorer(scorer), null, scorer.Version, scorer.Version, tuned, Proven: true, labels.LastSequence));
            return await manager.DecideAsync(model, PromotionKind.Network, challenger, verdict, labels.Samples.Count);
        }
        finally
        {
            model.Management.Release();
        }
    }
}
