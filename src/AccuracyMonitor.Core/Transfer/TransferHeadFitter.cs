namespace AccuracyMonitor.Core.Transfer;

/// <summary>
/// Fits a <see cref="TransferHead"/> to labels by ridge logistic regression with priors at "no change" (docs/science/recalibration.md), each label
/// weighted by 1/π over its mean. Convex and unique; no data, however separable or saturated, makes it diverge.
/// </summary>
/// <remarks>
/// Solved in the head's d = 2 + 2K (+ K²) parameters or in the n labels, whichever are fewer: ten classes and 300 labels take milliseconds,
/// and 10,000 classes are no obstacle. Both n and d in the thousands cost seconds: pass the newest labels, not all there ever were.
/// </remarks>
public static class TransferHeadFitter
{
    /// <param name="samples">Any number, also none: then the head is the identity.</param>
    /// <param name="classes">K, 2…10,000.</param>
    /// <param name="options">Priors.</param>
    /// <exception cref="ArgumentException">A sample with another K, a class that is none, a logit that is not finite, a weight not
    /// positive.</exception>
    public static TransferHead Fit(IReadOnlyList<TransferSample> samples, int classes, TransferHeadOptions options)
    {
        var problem = Problem(samples, classes, options);
        return problem is null ? TransferHead.Identity : Solve(problem, samples.Count);
    }

    /// <summary>The head of <see cref="Fit"/> with its uncertainty: about half as much work again.</summary>
    /// <inheritdoc cref="Fit"/>
    public static TransferPosterior FitPosterior(IReadOnlyList<TransferSample> samples, int classes, TransferHeadOptions options)
    {
        var problem = Problem(samples, classes, options);
        return new TransferPosterior(problem is null ? TransferHead.Identity : Solve(problem, samples.Count), problem, samples);
    }

    private static TransferProblem? Problem(IReadOnlyList<TransferSample> samples, int classes, TransferHeadOptions options)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        TransferSampleCheck.Require(samples, classes);
        return samples.Count == 0 ? null : new TransferProblem(samples, classes, options);
    }

    private static TransferHead Solve(TransferProblem problem, int labels) =>
        problem.ParameterCount <= labels ? problem.SolveInParameters() : problem.SolveInSamples();
}
