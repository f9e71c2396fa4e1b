using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Core.Transfer;
using AccuracyMonitor.Sidecar.Intake;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Monitors;
using AccuracyMonitor.Storage;
using AccuracyMonitor.Storage.Monitors;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Adaptation;

/// <summary>
/// Head transfer: fits the convex head to the newest labels, over several lengths of memory (a regime's first labels want a short one, a
/// lasting regime a long one), and judges the best of them against the champion on labels the champion has not learned from; the challengers'
/// scores there are cross-fitted.
/// </summary>
internal sealed class HeadRecalibration(MonitorStore store, MonitorManager manager, IOptions<AdaptationOptions> settings, TimeProvider time)
{
    /// <summary>Labels a challenger is judged on, at most: the newest, since the present regime is what counts.</summary>
    private const int MaxJudged = 100;

    private const int MinJudged = 20;

    private static readonly int[] Memories = [100, 400, int.MaxValue];
    private readonly TransferHeadOptions _options = new();

    public async Task<PromotionRow> RunAsync(ModelState model, CancellationToken cancel)
    {
        await model.Management.WaitAsync(cancel);
        try
        {
            model.Adaptation.HeadFitted();
            using var lease = model.LeaseMonitor();
            var champion = lease.Monitor;
            var labels = await AdaptationLabels.ReadAsync(store, model, lease, new LabelRange(settings.Value.HeadMaxLabels, time.GetUtcNow()), cancel);
            var judged = Math.Min(MaxJudged, labels.HeldOut(champion));
            if (labels.Samples.Count < settings.Value.HeadMinLabels || judged < MinJudged)
            {
                return manager.TooFew(model, PromotionKind.Head, labels.Samples.Count, judged, Math.Max(MinJudged, settings.Value.HeadMinLabels));
            }

            return await ChallengeAsync(model, champion, labels, judged);
        }
        finally
        {
            model.Management.Release();
        }
    }

    private async Task<PromotionRow> ChallengeAsync(ModelState model, MonitorSnapshot champion, AdaptationLabels labels, int judged)
    {
        var newest = labels.Samples.Skip(labels.Samples.Count - judged).ToArray();
        var championLogits = labels.ChampionLogits(champion, judged);

        // No head at all is a challenger too: how a monitor finds back when a regime ends.
        var best = new Challenger([], [.. newest.Select(s => s.MonitorLogit)]);
        var verdict = ChampionChallenger.Judge(championLogits, best.JudgedLogits, newest);
        foreach (var memory in Memories.Select(m => Math.Min(m, labels.Samples.Count)).Where(m => m >= judged).Distinct())
        {
            var span = labels.Samples.Skip(labels.Samples.Count - memory).ToArray();
            var logits = CrossFit.HeadLogits(span, model.ClassCount, _options);
            var challenger = new Challenger(span, logits[^judged..]);
            var its = ChampionChallenger.Judge(championLogits, challenger.JudgedLogits, newest);
            if (its.ChallengerLoss < verdict.ChallengerLoss)
            {
                (best, verdict) = (challenger, its);
            }
        }

        var posterior = best.Span.Length == 0 ? null : TransferHeadFitter.FitPosterior(best.Span, model.ClassCount, _options);
        var version = $"{champion.GraphVersion}{MonitorManager.HeadSeparator}{labels.LastSequence}";
        var snapshot = champion with
        {
            Head = posterior?.Head,
            HeadStandardError = posterior is null ? 0 : Math.Sqrt(posterior.MeanScoreVariance(Population(best.Span, model.ClassCount))),
            Version = version,
            Proven = true,
            TrainedThrough = labels.LastSequence,
        };
        using var proposed = MonitorLease.TryTake(snapshot)!;
        return await manager.DecideAsync(model, PromotionKind.Head, proposed, verdict, best.Span.Length);
    }

    // The labelled predictions, weighted by 1/π, stand for the stream's.
    private static WindowPopulation Population(TransferSample[] samples, int classes) => new(
        [.. samples.SelectMany(s => s.Probabilities)], [.. samples.Select(s => s.MonitorLogit)], [.. samples.Select(s => s.PredictedClass)], classes,
        [.. samples.Select(s => s.Weight)]);

    private sealed record Challenger(TransferSample[] Span, double[] JudgedLogits);
}
