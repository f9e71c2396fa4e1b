namespace AccuracyMonitor.Evaluation.Traces;

/// <summary>Probabilities of a row group.</summary>
/// <param name="Values">Row after row.</param>
/// <param name="Starts">Where each row starts; one more than there are rows.</param>
internal sealed record ParquetRows(float[] Values, int[] Starts)
{
    public ReadOnlySpan<float> Row(int row) => Values.AsSpan(Starts[row]..Starts[row + 1]);
}
