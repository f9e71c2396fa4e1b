namespace AccuracyMonitor.Core.LabelFree;

/// <summary>Rejects inputs that are not probabilities, from which an estimator would compute a plausible but meaningless
/// accuracy.</summary>
internal static class SoftmaxCheck
{
    // Tolerance of the row sum, the same as for recorded outputs: a half-precision softmax over 1,000 classes is off by up to 0.002.
    private const float Tolerance = 0.01f;

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

        for (var i = 0; i < probabilities.Length; i++)
        {
            if (!(probabilities[i] >= 0 && probabilities[i] <= 1 + Tolerance))
            {
                throw new ArgumentException($"Row {i / classCount}: probability {probabilities[i]} is outside [0, 1].", parameter);
            }
        }
    }
}
