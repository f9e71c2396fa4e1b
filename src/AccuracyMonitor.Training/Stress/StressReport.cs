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
public sealed record StressReport
{
    /// <summary>Seed of the images, drawn pixels, swarms and trainings.</summary>
    public required ulong Seed { get; init; }

    /// <summary>In the order asked for.</summary>
    public required IReadOnlyList<AttackReport> Attacks { get; init; }

    /// <summary>Classifier and images.</summary>
    public required StressSubject Subject { get; init; }

    /// <summary>What the plain monitor was trained on.</summary>
    public required ReferenceSet Reference { get; init; }

    /// <summary>Clean outputs that no monitor saw.</summary>
    public required ReferenceSet Clean { get; init; }

    /// <summary>AUROC of the maximum softmax on <see cref="Clean"/>.</summary>
    public required double CleanSoftmaxAuroc { get; init; }

    /// <summary>Metrics of the plain monitor on <see cref="Clean"/>.</summary>
    public required ScoreMetrics CleanPlain { get; init; }

    /// <summary>Null: none was asked for.</summary>
    public required HardeningResult? Hardening { get; init; }

    /// <summary>The plain monitor.</summary>
    public required TrainedMonitor Plain { get; init; }
}

/// <param name="Stage">For a person to read.</param>
/// <param name="Share">Of the stage, 0…1.</param>
public readonly record struct StressProgress(string Stage, double Share);
