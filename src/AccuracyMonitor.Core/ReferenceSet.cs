namespace AccuracyMonitor.Core;

/// <summary>
/// Labelled softmax outputs from held-out (never training) data of the deployed model.
/// </summary>
/// <param name="Probabilities">Row-major n×K.</param>
/// <param name="Labels">True classes, length n, each 0…K−1.</param>
/// <param name="ClassCount">K, at least 2.</param>
public sealed record ReferenceSet(float[] Probabilities, int[] Labels, int ClassCount)
{
    public int Count => Labels.Length;

    public ReadOnlySpan<float> Row(int i) => Probabilities.AsSpan(i * ClassCount, ClassCount);
}
