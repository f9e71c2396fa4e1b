namespace AccuracyMonitor.Training.Stress;

/// <summary>
/// What the swarm minimises, in the manner of Shu et al. (arXiv 2006.03243): the distance of the probabilities from the goal, plus a small weight times the
/// sum of changes. Unlike theirs it ranks every image that reaches the goal before every image that does not; the latter have values of 1 and above.
/// </summary>
/// <param name="Label">True class.</param>
/// <param name="Target">Null: any wrong class.</param>
/// <param name="Probability">p*; null: none asked for.</param>
internal sealed record SwarmObjective(int Label, int? Target, double? Probability)
{
    /// <summary>Weight of the sum of |changes|. The published weights are 1e7 for the goal and 255 for the sum.</summary>
    public const double ChangeWeight = 2.55e-5;

    private const double ReachedScale = 1e-3;

    public bool Reached(ReadOnlySpan<float> probabilities)
    {
        var first = TopTwo.Of(probabilities).First;
        return Target is { } target ? first == target : first != Label;
    }

    /// <param name="probabilities">K.</param>
    /// <param name="change">Sum of |changes|.</param>
    /// <returns>Below 1 exactly where the goal's class is reached, for changes whose weighted sum is below it.</returns>
    public double Value(ReadOnlySpan<float> probabilities, double change)
    {
        var (first, second) = TopTwo.Of(probabilities);
        var reached = Reached(probabilities);
        var wrong = Target ?? (reached ? first : second);
        var rival = Target is null ? Label : reached ? second : first;
        double distance = Probability is { } wanted ? Math.Abs(probabilities[wrong] - wanted)
            : Math.Abs(probabilities[wrong] - probabilities[rival]) * (reached ? ReachedScale : 1);
        return (reached ? 0 : 1) + distance + (ChangeWeight * change);
    }

    /// <summary>A value below it ends the search.</summary>
    public double Enough(double tolerance) => Probability is null ? 1 : tolerance;
}
