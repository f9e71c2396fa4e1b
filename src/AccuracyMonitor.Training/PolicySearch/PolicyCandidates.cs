using AccuracyMonitor.Training.Schedules;

namespace AccuracyMonitor.Training.PolicySearch;

/// <summary>The 13 candidates of a bench. Their parameters are shares of the rate that the range test found and of the run's length: ours, not
/// the paper's.</summary>
public static class PolicyCandidates
{
    /// <summary>Factors on the range test's rate among which the constant is tuned: a long run wants a smaller one than 200 steps do.</summary>
    public static IReadOnlyList<double> ConstantFactors { get; } = [0.05, 0.1, 0.2, 0.5];

    /// <param name="k">Largest rate of each, above 0.</param>
    /// <param name="steps">T, at least 1.</param>
    /// <returns>One per function, in the order of <see cref="RateFunction"/>, made to stretch.</returns>
    public static IReadOnlyList<RatePolicy> For(double k, double steps)
    {
        var t = steps;
        var wave = Math.Max(1, Math.Round(t / 8));
        RateSegment[] segments =
        [
            new(RateFunction.Fix, k),
            new(RateFunction.Step, k, Gamma: 0.5, Lengths: [Math.Max(1, Math.Round(t / 6))]),
            new(RateFunction.NStep, k, Gamma: 0.1, Lengths: [0.6 * t, 0.85 * t]),
            new(RateFunction.Exp, k, Gamma: Rounded(Math.Pow(0.01, 1 / t))),
            new(RateFunction.Inv, k, Gamma: Rounded(10 / t), Power: 0.75),
            new(RateFunction.Poly, k, Power: 1.2, Lengths: [t]),
            new(RateFunction.Tri, Rounded(k / 10), k, Lengths: [wave]),
            new(RateFunction.Tri2, Rounded(k / 10), k, Lengths: [wave]),
            new(RateFunction.TriExp, Rounded(k / 10), k, Rounded(Math.Pow(0.1, 1 / t)), Lengths: [wave]),
            new(RateFunction.Sin, Rounded(k / 10), k, Lengths: [wave]),
            new(RateFunction.Sin2, Rounded(k / 10), k, Lengths: [wave]),
            new(RateFunction.SinExp, Rounded(k / 10), k, Rounded(Math.Pow(0.1, 1 / t)), Lengths: [wave]),
            new(RateFunction.Cos, k, Lengths: [t]),
        ];
        return [.. segments.Select(s => new RatePolicy([s], over: t))];
    }

    // Six digits are enough to run by and short enough to read.
    internal static double Rounded(double value) =>
        double.Parse(value.ToString("G6", System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture);
}
