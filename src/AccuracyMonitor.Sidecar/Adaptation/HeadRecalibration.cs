using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Core.Recalibration;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Monitors;
using AccuracyMonitor.Storage;
using AccuracyMonitor.Storage.Audit;
using AccuracyMonitor.Storage.Monitors;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Adaptation;

/// <summary>
/// Recalibration: heads fitted to the labels so far challenge the champion, and labels that come later judge them (<see cref="HeadTrial"/>). It may run
/// after any number of new labels; looking more often does not raise the chance of a wrong promotion.
/// </summary>
internal sealed class HeadRecalibration(MonitorStore store, MonitorManager manager, IOptions<AdaptationOptions> options, TimeProvider time)
{
    private readonly RecalibrationHeadOptions _priors = new();

    /// <param name="model">Whose labels are looked at.</param>
    /// <param name="by">Who asks for it.</param>
    public async Task<PromotionRow> RunAsync(ModelState model, Actor by, CancellationToken cancel)
    {
        if (!await model.TryManageAsync(cancel))
        {
            return manager.Refused(model, PromotionKind.Recalibration, "The version is not in use any more.");
        }

        try
        {
            model.Adaptation.HeadsTried();
            using var lease = model.LeaseMonitor();
            var champion = lease.Monitor;
            var labels = await AdaptationLabels.ReadAsync(store, model, lease, new LabelRange(options.Value.MaxLabels, time.GetUtcNow()), cancel);
            var challenge = Observe(model, champion, labels);
            if (labels.Samples.Count < options.Value.RecalibrateMinLabels || challenge.Trial.Judged < ChampionChallenger.MinLabels)
            {
                return manager.TooFew(model, PromotionKind.Recalibration, labels.Samples.Count, challenge.Trial.Judged,
                    Math.Max(ChampionChallenger.MinLabels, options.Value.RecalibrateMinLabels));
            }

            var required = PromotionBudget.ForRecalibration(await store.Monitors.CountPromotionsAsync(model.Key, cancel));
            var verdict = challenge.Trial.Verdict(required);
            using var proposed = MonitorLease.TryTake(Challenger(model, champion, challenge.Trial, labels, verdict.Promote))!;
            return await manager.DecideAsync(
                model, new Proposal(PromotionKind.Recalibration, proposed, challenge.Trial.FittedTo.Count), verdict, by);
        }
        finally
        {
            model.Management.Release();
        }
    }

    private HeadChallenge Observe(ModelState model, MonitorSnapshot champion, AdaptationLabels labels)
    {
        var challenge = model.Adaptation.Heads is { } running && running.ChampionVersion == champion.Version
            ? running
            : new HeadChallenge(champion.Version, new HeadTrial(model.ClassCount, champion.Head, _priors), champion.TrainedThrough);
        challenge.Trial.Observe(labels.Samples, labels.CountThrough(challenge.Through));
        challenge = challenge with { Through = Math.Max(challenge.Through, labels.LastSequence) };
        model.Adaptation.Heads = challenge;
        return challenge;
    }

    private MonitorSnapshot Challenger(ModelState model, MonitorSnapshot champion, HeadTrial trial, AdaptationLabels labels, bool promoted)
    {
        // The fit is repeated for its uncertainty only where it is needed.
        var posterior = promoted && trial.Head is not null ? RecalibrationHeadFitter.FitPosterior(trial.FittedTo, model.ClassCount, _priors) : null;
        return champion with
        {
            Head = trial.Head,
            HeadStandardError = posterior is null ? 0 : Math.Sqrt(posterior.MeanScoreVariance(WindowPopulation.Of(trial.FittedTo, model.ClassCount))),
            Version = $"{champion.GraphVersion}{MonitorManager.HeadSeparator}{labels.LastSequence}",
            Proven = true,
            TrainedThrough = Math.Max(champion.TrainedThrough, labels.SequenceBefore(trial.SinceFit)),
        };
    }
}
