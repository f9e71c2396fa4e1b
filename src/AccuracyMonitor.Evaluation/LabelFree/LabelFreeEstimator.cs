namespace AccuracyMonitor.Evaluation.LabelFree;

/// <summary>What every method does the same: refuse what is no softmax window, answer nothing for an empty one, stay within
/// [0,1].</summary>
internal abstract class LabelFreeEstimator(int classCount) : ILabelFreeEstimator
{
    public double? Estimate(SoftmaxOutputs window)
    {
        ArgumentNullException.ThrowIfNull(window);
        if (window.ClassCount != classCount)
        {
            throw new ArgumentException($"The window has {window.ClassCount} classes; the reference set has {classCount}.", nameof(window));
        }

        WindowCheck.Rows(window.Probabilities, classCount, nameof(window));
        return window.Count == 0 ? null : OfRows(window) is { } accuracy ? Math.Clamp(accuracy, 0, 1) : null;
    }

    /// <summary>The accuracy of a window with at least one row.</summary>
    protected abstract double? OfRows(SoftmaxOutputs window);
}
