using AccuracyMonitor.Core;
using AccuracyMonitor.Training.Evaluation;

namespace AccuracyMonitor.Training.Stress;

/// <summary>Estimates of a monitor under one attack.</summary>
/// <param name="Set">The attack; <see cref="AttackSet.Outputs"/> has the truth.</param>
/// <param name="Confidence">The classifier's mean maximum softmax on the attacked images: what a dashboard without a monitor shows.</param>
/// <param name="Plain">The monitor trained on clean outputs alone, on the attacked images; <see cref="ScoreMetrics.MeanScore"/> is its estimate.</param>
/// <param name="Hardened">The hardened one; null: none was asked for.</param>
/// <param name="Mixed">AUROC on the attacked images among as many clean ones.</param>
public sealed record AttackReport(AttackSet Set, double Confidence, ScoreMetrics Plain, ScoreMetrics? Hardened, MixedAuroc Mixed)
{
    public double Accuracy => Plain.Accuracy;

    public double PlainError => Math.Abs(Plain.MeanScore - Plain.Accuracy);

    public double? HardenedError => Hardened is { } h ? Math.Abs(h.MeanScore - h.Accuracy) : null;
}

/// <summary>P(a right prediction scores above a wrong one), ties counting half; NaN where all are right or all wrong.</summary>
public sealed record MixedAuroc(double Softmax, double Plain, double? Hardened);

/// <summary>One seed's stress test.</summary>
/// <param name="Seed">Of images, drawn pixels, swarms and trainings.</param>
/// <param name="Attacks">In the order asked for.</param>
/// <param name="Subject">Classifier and images.</param>
/// <param name="Reference">What the plain monitor was trained on.</param>
/// <param name="Clean">Clean outputs that no monitor saw.</param>
/// <param name="CleanSoftmaxAuroc">Of the maximum softmax on them.</param>
/// <param name="CleanPlain">The plain monitor on them.</param>
/// <param name="Hardening">Null: none was asked for.</param>
/// <param name="Plain">The plain monitor.</param>
public sealed record StressReport(
    ulong Seed,
    IReadOnlyList<AttackReport> Attacks,
    StressSubject Subject,
    ReferenceSet Reference,
    ReferenceSet Clean,
    double CleanSoftmaxAuroc,
    ScoreMetrics CleanPlain,
    HardeningResult? Hardening,
    TrainedMonitor Plain);

/// <param name="Stage">For a person to read.</param>
/// <param name="Share">Of the stage, 0…1.</param>
public readonly record struct StressProgress(string Stage, double Share);
