namespace AccuracyMonitor.Core.Transfer;

/// <summary>
/// Fits a <see cref="TransferHead"/> to labels by ridge logistic regression with priors at "no change" (SCIENCE 4.7, 4.8), each label
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
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        TransferSampleCheck.Require(samples, classes);
        if (samples.Count == 0)
        {
            return TransferHead.Identity;
        }

        var problem = new TransferProblem(samples, classes, options);
        return problem.ParameterCount <= samples.Count ? problem.SolveInParameters() : problem.SolveInSamples();
    }
}
