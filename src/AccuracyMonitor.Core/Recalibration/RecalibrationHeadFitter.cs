namespace AccuracyMonitor.Core.Recalibration;

/// <summary>
/// Fits a <see cref="RecalibrationHead"/> to labels by ridge logistic regression with priors at "no change" (docs/science/recalibration.md).
/// Each label has weight 1/π divided by its mean. The problem is convex with a unique solution, and it converges for separable and
/// saturated data too.
/// </summary>
/// <remarks>
/// Solved in the head's d = 2 + 2K (+ K²) parameters or in the n labels, whichever are fewer. Ten classes and 300 labels take milliseconds,
/// and 10,000 classes are possible. If n and d are both in the thousands, a fit takes seconds: pass only the newest labels.
/// </remarks>
public static class RecalibrationHeadFitter
{
    /// <param name="samples">Labels; with none the result is the identity.</param>
    /// <param name="classes">K, 2…10,000.</param>
    /// <param name="options">Prior standard deviations.</param>
    /// <exception cref="ArgumentException">A sample has another K, a class outside 0…K−1, a logit that is not finite or a weight that is
    /// not positive.</exception>
    public static RecalibrationHead Fit(IReadOnlyList<LabelledPrediction> samples, int classes, RecalibrationHeadOptions options)
    {
        var problem = Problem(samples, classes, options);
        return problem is null ? RecalibrationHead.Identity : Solve(problem, samples.Count);
    }

    /// <summary>The head of <see cref="Fit"/> with its uncertainty; takes about 1.5 times as long.</summary>
    /// <inheritdoc cref="Fit"/>
    public static RecalibrationPosterior FitPosterior(IReadOnlyList<LabelledPrediction> samples, int classes, RecalibrationHeadOptions options)
    {
        var problem = Problem(samples, classes, options);
        return new RecalibrationPosterior(problem is null ? RecalibrationHead.Identity : Solve(problem, samples.Count), problem, samples);
    }

    private static RecalibrationProblem? Problem(IReadOnlyList<LabelledPrediction> samples, int classes, RecalibrationHeadOptions options)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        LabelledPredictionCheck.Require(samples, classes);
        return samples.Count == 0 ? null : new RecalibrationProblem(samples, classes, options);
    }

    private static RecalibrationHead Solve(RecalibrationProblem problem, int labels) =>
        problem.ParameterCount <= labels ? problem.SolveInParameters() : problem.SolveInSamples();
}
