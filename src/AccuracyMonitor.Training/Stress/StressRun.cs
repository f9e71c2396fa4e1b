using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Evaluation;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Training.Evaluation;

namespace AccuracyMonitor.Training.Stress;

/// <summary>Attacks a classifier and reports the estimates of a monitor on the attacked outputs, with and without hardening.</summary>
public static class StressRun
{
    /// <summary>Minimum number of attacked images for hardening.</summary>
    public const int FewestTrainImages = 20;

    /// <param name="subject">Classifier and images.</param>
    /// <param name="attacks">Reported, at least one.</param>
    /// <param name="harden">Attacks on <see cref="StressSubject.Training"/> whose outputs harden the monitor; none: it is not hardened.</param>
    /// <param name="reference">Clean labelled outputs that train the monitor, of other images than the subject's; null: half of
    /// <see cref="StressSubject.Others"/> gives them, and the other half judges.</param>
    /// <param name="options">Of the trainings; <see cref="TrainingOptions.Seed"/> decides them.</param>
    /// <param name="progress">Receives every image and epoch.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="DllNotFoundException">libtorch is missing.</exception>
    /// <exception cref="ArgumentException">Too few images or outputs, or an option out of range.</exception>
    public static StressReport Run(
        StressSubject subject, IReadOnlyList<Attack> attacks, IReadOnlyList<Attack> harden, ReferenceSet? reference, HardeningOptions options,
        IProgress<StressProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(attacks);
        ArgumentNullException.ThrowIfNull(harden);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfZero(attacks.Count, nameof(attacks));
        var half = reference is null ? subject.Others.Count / 2 : 0;
        reference ??= subject.CleanOf(subject.Others.Take(half));
        var clean = subject.CleanOf(subject.Others.Skip(half));

        AttackSet Apply(Attack attack, IReadOnlyList<int> rows, string what) =>
            subject.Apply(attack, rows, new Reported<int>(n => progress?.Report(new StressProgress($"{attack.Name}, {what}", (double)n / rows.Count))),
                cancellationToken);

        AttackSet[] sets = [.. attacks.Select(a => Apply(a, subject.Reported, "reported"))];
        var epochs = new Reported<TrainingProgress>(p => progress?.Report(new StressProgress("Training a monitor", (double)p.Epoch / p.MaxEpochs)));
        HardeningResult? hardening = null;
        if (harden.Count > 0)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(subject.Training.Count, FewestTrainImages, nameof(StressOptions.TrainImages));
            AttackSet[] examples = [.. harden.Select(a => Apply(a, subject.Training, "for hardening"))];
            hardening = MonitorHardening.Run(reference, Join(examples), clean, options, epochs, cancellationToken);
        }

        var plain = hardening?.Plain ?? MonitorTrainer.Train(reference, options.Training, epochs, cancellationToken);
        using var scorer = EnsembleScorer.Load(plain.Onnx, new ScorerOptions(ExecutionProvider.Cpu));
        using var hardened = hardening is null ? null : EnsembleScorer.Load(hardening.Hardened.Onnx, new ScorerOptions(ExecutionProvider.Cpu));
        return new StressReport
        {
            Seed = options.Training.Seed,
            Attacks = [.. sets.Select(s => Report(s, clean, scorer, hardened))],
            Subject = subject,
            Reference = reference,
            Clean = clean,
            CleanSoftmaxAuroc = SoftmaxAuroc(clean),
            CleanPlain = MonitorJudge.Of(scorer, clean),
            Hardening = hardening,
            Plain = plain,
        };
    }

    private static AttackReport Report(AttackSet set, ReferenceSet clean, EnsembleScorer plain, EnsembleScorer? hardened)
    {
        var count = Math.Min(set.Outputs.Count, clean.Count);
        var k = clean.ClassCount;
        var among = new ReferenceSet(
            [.. set.Outputs.Probabilities, .. clean.Probabilities.AsSpan(0, count * k)], [.. set.Outputs.Labels, .. clean.Labels.AsSpan(0, count)], k);
        return new AttackReport(
            set,
            Enumerable.Range(0, set.Outputs.Count).Average(i => set.Images[i].Probabilities.Max()),
            MonitorJudge.Of(plain, set.Outputs),
            hardened is null ? null : MonitorJudge.Of(hardened, set.Outputs),
            new MixedAuroc(SoftmaxAuroc(among), MonitorJudge.Of(plain, among).Auroc, hardened is null ? null : MonitorJudge.Of(hardened, among).Auroc));
    }

    private static double SoftmaxAuroc(ReferenceSet outputs) => RankingMetrics.Auroc(
        [.. Enumerable.Range(0, outputs.Count).Select(i => (double)outputs.Row(i)[TopTwo.Of(outputs.Row(i)).First])], MonitorJudge.Correct(outputs));

    private static ReferenceSet Join(AttackSet[] sets) => new(
        [.. sets.SelectMany(s => s.Outputs.Probabilities)], [.. sets.SelectMany(s => s.Outputs.Labels)], sets[0].Outputs.ClassCount);

    private sealed class Reported<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }
}
