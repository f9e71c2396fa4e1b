namespace AccuracyMonitor.Evaluation.LabelFree;

/// <summary>An accuracy from softmax outputs alone, by a method fitted once to a labelled reference set. Safe for many threads.</summary>
public interface ILabelFreeEstimator
{
    /// <summary>The window's accuracy in [0,1], the same for any order of its rows; null where the method has no answer: a window without
    /// rows, or for <c>im</c> one without a row in any confidence bin that the reference set has.</summary>
    /// <exception cref="ArgumentException">The window's shape does not fit the reference set's, or a probability is outside
    /// [0,1].</exception>
    double? Estimate(SoftmaxOutputs window);
}
