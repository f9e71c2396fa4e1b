namespace AccuracyMonitor.Training.Stress;

/// <summary>Goal of an adversarial example: the three choices of Shu et al. (arXiv 2006.03243) except the number of pixels.</summary>
public sealed record AttackGoal
{
    /// <summary>Class that the classifier should predict, 0…K−1; null: any wrong class.</summary>
    public int? TargetClass { get; init; }

    /// <summary>The class of the second-largest probability is the target. Excludes <see cref="TargetClass"/>.</summary>
    public bool TargetRunnerUp { get; init; }

    /// <summary>p*: probability that the wrong class should have, 0.5…0.999; null: it suffices that it is the largest.</summary>
    public double? Probability { get; init; }

    /// <summary>Accepted distance from p*, (0, 0.5]. Default 0.02.</summary>
    public double ProbabilityTolerance { get; init; } = 0.02;

    /// <exception cref="ArgumentOutOfRangeException">The first option out of its range.</exception>
    /// <exception cref="ArgumentException">Two targets.</exception>
    internal void Check(int classes)
    {
        OptionRange.Check(nameof(TargetClass), TargetClass ?? 0, 0, classes - 1);
        OptionRange.Check(nameof(Probability), Probability ?? 0.5, 0.5, 0.999);
        OptionRange.Check(nameof(ProbabilityTolerance), ProbabilityTolerance, double.Epsilon, 0.5);
        if (TargetRunnerUp && TargetClass is not null)
        {
            throw new ArgumentException($"{nameof(TargetClass)} and {nameof(TargetRunnerUp)} exclude each other.");
        }
    }

    /// <summary>Null: any wrong class will do.</summary>
    internal int? TargetOf(ReadOnlySpan<float> probabilities) => TargetRunnerUp ? TopTwo.Of(probabilities).Second : TargetClass;
}
