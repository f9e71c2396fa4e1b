using AccuracyMonitor.Core;
using AccuracyMonitor.Evaluation.Traces.Tables;

namespace AccuracyMonitor.Evaluation.Traces;

/// <param name="Key">In the file, for messages.</param>
/// <param name="Values">Row after row.</param>
/// <param name="Width">Values of a row.</param>
internal sealed record NpzArray<T>(string Key, T[] Values, int Width)
{
    public ReadOnlySpan<T> Row(int row) => Values.AsSpan(row * Width, Width);
}

/// <summary>The two arrays of a condition, of the same number of rows.</summary>
/// <param name="Name">Of the condition.</param>
/// <param name="Outputs">K values a row, or one: the probability of class 1 of two.</param>
/// <param name="Labels">One value a row, or K: one-hot.</param>
internal sealed record NpzCondition(string Name, NpzArray<float> Outputs, NpzArray<double> Labels);

/// <summary>Checks the rows of an .npz, and leaves out those with a defect as far as the options allow.</summary>
internal sealed class NpzRows(string path, TraceOptions options)
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>Rows that were left out, by their message, each once.</summary>
    public List<string> Skipped { get; } = [];

    /// <returns>The rows with a label, and how many have none.</returns>
    /// <exception cref="TraceFileException">No row to use, or one row with a defect more than may be left out.</exception>
    public (ReferenceSet Rows, int Unlabelled) Select(NpzCondition condition, ClassScheme classes)
    {
        var k = classes.Count;
        var count = condition.Outputs.Values.Length / condition.Outputs.Width;
        var (probabilities, known, kept, unlabelled) = (new float[count * k], new int[count], 0, 0);
        for (var row = 0; row < count; row++)
        {
            try
            {
                Probabilities(condition.Outputs, row).CopyTo(probabilities.AsSpan(kept * k));
                if (Label(condition.Labels, row, classes) is { } label)
                {
                    known[kept++] = label;
                }
                else
                {
                    unlabelled++;
                }
            }
            catch (TraceFileException e) when (options.MaxErrors > 0)
            {
                Skip(e);
            }
        }

        return kept > 0 || count == 0
            ? (new ReferenceSet(kept == count ? probabilities : probabilities[..(kept * k)], kept == count ? known : known[..kept], k), unlabelled)
            : throw new TraceFileException(unlabelled == count
                ? $"{path}: condition '{condition.Name}' has no label for any of its {count} rows; at least 1 is needed."
                : $"{path}: condition '{condition.Name}' has no row to use: of {count} rows {unlabelled} have no label and "
                    + $"{count - unlabelled} have a defect.");
    }

    /// <summary>A row that an earlier call left out is not counted again.</summary>
    private void Skip(TraceFileException defect)
    {
        if (_known.Contains(defect.Message))
        {
            return;
        }

        if (Skipped.Count >= options.MaxErrors)
        {
            throw new TraceFileException($"{defect.Message} {Skipped.Count} rows before have a defect too; --max-errors is {options.MaxErrors}.", defect);
        }

        _known.Add(defect.Message);
        Skipped.Add(defect.Message);
    }

    private float[] Probabilities(NpzArray<float> outputs, int row)
    {
        var values = outputs.Row(row);
        var softmax = OutputForms.ToSoftmax(options.Form ?? OutputForm.Softmax, values.ToArray(), outputs.Width == 1);
        return SoftmaxCheck.Defect(softmax, out _) is { } defect
            ? throw new TraceFileException($"{path}: '{outputs.Key}' row {row}: {defect}{OutputForms.Hint(values)}.")
            : softmax;
    }

    private int? Label(NpzArray<double> labels, int row, ClassScheme classes)
    {
        var values = labels.Row(row);
        if (values.Length > 1)
        {
            return classes.OneHot(Array.ConvertAll(values.ToArray(), v => (float)v))
                ?? throw new TraceFileException($"{path}: '{labels.Key}' row {row}: expected one 1 among {classes.Count} numbers, the others 0.");
        }

        return double.IsNaN(values[0]) ? null
            : classes.IndexOf(Cell.Of(values[0]))
                ?? throw new TraceFileException($"{path}: '{labels.Key}' row {row}: label {values[0]} is "
                    + (classes.NamesAreNumbers ? $"not {classes.Range}." : $"outside {classes.First}…{classes.First + classes.Count - 1}."));
    }
}
