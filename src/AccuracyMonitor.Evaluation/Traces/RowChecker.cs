namespace AccuracyMonitor.Evaluation.Traces;

/// <summary>Checks a file's rows one after the other: all of one K, each a softmax vector with a label among the classes.</summary>
/// <param name="path">For messages.</param>
/// <param name="unit">What a row is numbered by: "line" or "row".</param>
/// <param name="column">Name of probability i, for messages.</param>
internal sealed class RowChecker(string path, string unit, Func<int, string> column)
{
    private long _first;

    /// <summary>K of the first row; 0 before it.</summary>
    public int ClassCount { get; private set; }

    /// <exception cref="TraceFileException">Not a softmax vector, or another K than the first row's.</exception>
    public void Row(ReadOnlySpan<float> probabilities, long number)
    {
        if (ClassCount == 0)
        {
            if (probabilities.Length < 2)
            {
                throw Defect(number, $"{probabilities.Length} probabilities; expected at least 2");
            }

            (ClassCount, _first) = (probabilities.Length, number);
        }

        if (probabilities.Length != ClassCount)
        {
            throw Defect(number, $"{probabilities.Length} probabilities; {unit} {_first} has {ClassCount}");
        }

        if (SoftmaxCheck.Defect(probabilities, out var index) is { } defect)
        {
            throw Defect(number, index < 0 ? defect : $"'{column(index)}': {defect}");
        }
    }

    /// <exception cref="TraceFileException">Outside 0…K−1.</exception>
    public int Label(long label, long number) => label >= 0 && label < ClassCount
        ? (int)label
        : throw Defect(number, $"'label' is {label}; expected 0…{ClassCount - 1}");

    public TraceFileException Defect(long number, string text) => new($"{path}: {unit} {number}: {text}.");
}
