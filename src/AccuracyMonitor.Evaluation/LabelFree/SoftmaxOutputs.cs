namespace AccuracyMonitor.Evaluation.LabelFree;

/// <summary>A window of softmax outputs without labels.</summary>
/// <param name="Probabilities">Row-major n×K; each row in [0,1] and summing to 1.</param>
/// <param name="ClassCount">K, at least 2.</param>
public sealed record SoftmaxOutputs(float[] Probabilities, int ClassCount)
{
    public int Count => Probabilities.Length / ClassCount;

    public ReadOnlySpan<float> Row(int i) => Probabilities.AsSpan(i * ClassCount, ClassCount);
}
