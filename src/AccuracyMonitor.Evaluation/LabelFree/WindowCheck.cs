using AccuracyMonitor.Evaluation.Traces;

namespace AccuracyMonitor.Evaluation.LabelFree;

/// <summary>Rejects inputs that are not probabilities, from which an estimator would compute a plausible but meaningless accuracy.</summary>
internal static class WindowCheck
{
    /// <exception cref="ArgumentException">Fewer than two classes, a part of a row, or a row that is no softmax vector.</exception>
    public static void Rows(ReadOnlySpan<float> probabilities, int classCount, string parameter)
    {
        if (classCount < 2)
        {
            throw new ArgumentException($"{classCount} classes; expected at least 2.", parameter);
        }

        if (probabilities.Length % classCount != 0)
        {
            throw new ArgumentException($"{probabilities.Length} probabilities are no whole rows of {classCount} classes.", parameter);
        }

        for (var row = 0; row < probabilities.Length / classCount; row++)
        {
            if (SoftmaxCheck.Defect(probabilities.Slice(row * classCount, classCount), out _) is { } defect)
            {
                throw new ArgumentException($"Row {row}: {defect}.", parameter);
            }
        }
    }
}
