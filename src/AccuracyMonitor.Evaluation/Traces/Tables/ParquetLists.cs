namespace AccuracyMonitor.Evaluation.Traces.Tables;

/// <summary>A column of lists in a row group.</summary>
/// <param name="Values">Row after row.</param>
/// <param name="Starts">Where each row starts; one more than there are rows.</param>
internal sealed record ParquetLists(float[] Values, int[] Starts)
{
    /// <summary>Empty where the list is null or has no element.</summary>
    public Cell Row(int row) => Starts[row] == Starts[row + 1] ? default : Cell.Of(Values[Starts[row]..Starts[row + 1]]);
}
