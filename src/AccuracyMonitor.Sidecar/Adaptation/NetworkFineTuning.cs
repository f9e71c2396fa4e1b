using AccuracyMonitor.Core.Recalibration;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Monitors;
using AccuracyMonitor.Storage;
using AccuracyMonitor.Storage.Audit;
using AccuracyMonitor.Storage.Monitors;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Adaptation;

/// <summary>
/// Fine-tuning: changes the network's own weights. The network learns from the older labels and the newer ones judge it, once each; everything that
/// training chooses (passes, learning rate) it chooses on the older labels. Nothing is trained where too few labels are left to judge it. The evidence is in
/// the store, so that no label judges twice, also after a restart.
/// </summary>
internal sealed class NetworkFineTuning(
    MonitorStore store, MonitorManager manager, MonitorLoader loader, FineTune fineTune, IOptions<AdaptationOptions> options, TimeProvider time)
{
    /// <summary>Labels before the first network is tried.</summary>
    public const int MinLabels = 100;

    /// <summary>Part of a champion's first labels that a network learns from.</summary>
    private const double LearningShare = 0.6;

    /// <param name="model">Whose labels are looked at.</param>
    /// <param name="by">Who asks for it.</param>
    public async Task<PromotionRow> RunAsync(ModelState model, Actor by, CancellationToken cancel)
    {
        if (!await model.TryManageAsync(cancel))
        {
            return manager.Refused(model, PromotionKind.FineTuning, "The version is not in use any more.");
        }

        try
        {
            model.Adaptation.NetworkTried();
            using var lease = model.LeaseMonitor();
            var champion = lease.Monitor;
            if (champion.Scorer.Metadata is null)
            {
                return manager.Refused(model, PromotionKind.FineTuning, $"The champion {champion.Version} is not a network.");
            }

            var labels = await AdaptationLabels.ReadAsync(store, model, lease, new LabelRange(options.Value.MaxLabels, time.GetUtcNow()), cancel);
            var running = await store.Monitors.NetworkEvidenceAsync(model.Key, champion.Version, cancel);
            var learning = running is null ? FirstSplit(labels, champion) : labels.CountThrough(running.LabelSequence);
            var judging = labels.Samples.Count - learning;
            if (labels.Samples.Count < MinLabels || learning < MinLabels / 2 || judging < ChampionChallenger.MinLabels)
            {
                return manager.TooFew(model, PromotionKind.FineTuning, labels.Samples.Count, Math.Max(0, judging), MinLabels);
            }

            var evidence = running is null ? new LossEvidence() : new LossEvidence((running.LogValue, running.Mean, running.Square));
            var required = PromotionBudget.ForFineTuning(await store.Monitors.CountPromotionsAsync(model.Key, cancel));
            if (!evidence.CanReach(required, judging))
            {
                return manager.Refused(
                    model, PromotionKind.FineTuning, $"{judging} labels cannot raise the e-value from {Math.Exp(evidence.LogValue):G3} to {required:F0}.",
                    labels.Samples.Count);
            }

            return await ChallengeAsync(model, champion, labels, new Attempt(learning, evidence, required, by), cancel);
        }
        finally
        {
            model.Management.Release();
        }
    }

    private async Task<PromotionRow> ChallengeAsync(
        ModelState model, MonitorSnapshot champion, AdaptationLabels labels, Attempt attempt, CancellationToken cancel)
    {
        var tuned = fineTune(champion, [.. labels.Samples.Take(attempt.Learning)], cancel);
        var scorer = loader.Load(tuned, model.ClassCount);
        using var challenger = MonitorLease.OfCreator(new MonitorSnapshot(
            new SharedScorer(scorer), null, scorer.Version, scorer.Version, tuned, Proven: true, labels.Sequences[attempt.Learning - 1]));
        var judges = labels.Samples.Skip(attempt.Learning).ToArray();
        var championLogits = labels.ChampionLogits(champion, judges.Length);
        double[] logits = [.. judges.Select(s => AdaptationLabels.Score(challenger, s.Probabilities))];
        attempt.Evidence.ObserveAll(labels.Samples, attempt.Learning, championLogits, logits);

        // Before anything is decided by it: if the decision can't be written, these labels have judged all the same.
        var (value, mean, square) = attempt.Evidence.State;
        await store.Monitors.SaveNetworkEvidenceAsync(new NetworkEvidenceRow(model.Key, champion.Version, value, mean, square, labels.LastSequence), cancel);
        var verdict = ChampionChallenger.Judge(
            championLogits, logits, judges, new PromotionEvidence(Math.Exp(attempt.Evidence.LogValue), attempt.Required));
        return await manager.DecideAsync(model, new Proposal(PromotionKind.FineTuning, challenger, attempt.Learning), verdict, attempt.By);
    }

    private static int FirstSplit(AdaptationLabels labels, MonitorSnapshot champion) =>
        Math.Max(labels.CountThrough(champion.TrainedThrough), (int)(LearningShare * labels.Samples.Count));

    /// <param name="Learning">Labels that the network learns from, the oldest; the others judge it.</param>
    /// <param name="Evidence">Before these judges.</param>
    /// <param name="Required">e-value.</param>
    /// <param name="By">Who asks for it.</param>
    private sealed record Attempt(int Learning, LossEvidence Evidence, double Required, Actor By);
}
