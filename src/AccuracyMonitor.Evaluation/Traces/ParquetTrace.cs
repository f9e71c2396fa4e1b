using Parquet;
using Parquet.Schema;

namespace AccuracyMonitor.Evaluation.Traces;

/// <summary>
/// Reads a <c>.parquet</c>, one row group after the other: an integer column <c>label</c>, optionally a string column <c>condition</c>, and
/// either one list of floating-point numbers, <c>probs</c> or <c>probabilities</c>, or one floating-point column per class
/// (<see cref="ProbabilityColumns"/>).
/// </summary>
internal static class ParquetTrace
{
    /// <exception cref="TraceFileException">A defect, with its row (counted from 0 over the whole file) and column.</exception>
    public static ITraceSource Read(string path)
    {
        using var file = File.OpenRead(path);
        try
        {
            return ReadAsync(path, file).GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is not (TraceFileException or OutOfMemoryException))
        {
            // The library throws whatever a damaged byte leads to: IOException, IndexOutOfRangeException, OverflowException, NotSupportedException.
            throw new TraceFileException($"{path}: cannot be read as a .parquet file: {e.Message}", e);
        }
    }

    private static async Task<ITraceSource> ReadAsync(string path, Stream file)
    {
        await using var reader = await ParquetReader.CreateAsync(file);
        var columns = ParquetColumns.Of(path, reader.Schema);
        var builder = new TraceBuilder(path, "row", columns.NameOf);
        var number = 0L;
        for (var group = 0; group < reader.RowGroupCount; group++)
        {
            using var rows = reader.OpenRowGroupReader(group);
            var count = checked((int)rows.RowCount);
            var labels = await ParquetValues.IntegersAsync(rows, columns.Label, count);
            var conditions = columns.Condition is { } condition ? await ParquetValues.StringsAsync(rows, condition, count) : null;
            var read = columns.List is { } list
                ? await ParquetValues.ListsAsync(rows, list, count)
                : await TableAsync(rows, columns.Scalars, count);
            for (var row = 0; row < count; row++, number++)
            {
                var name = conditions is null ? TraceFile.Reference : conditions[row] ?? "";
                var added = builder.Add(name, read.Row(row), number);
                if (labels[row] is { } label)
                {
                    builder.SetLabel(added, label, number);
                }
            }
        }

        return builder.Complete();
    }

    private static async Task<ParquetRows> TableAsync(ParquetRowGroupReader rows, DataField[] fields, int count)
    {
        var values = new float[checked(count * fields.Length)];
        for (var column = 0; column < fields.Length; column++)
        {
            var one = await ParquetValues.NumbersAsync(rows, fields[column], count);
            for (var row = 0; row < count; row++)
            {
                values[(row * fields.Length) + column] = one[row];
            }
        }

        return new ParquetRows(values, [.. Enumerable.Range(0, count + 1).Select(row => row * fields.Length)]);
    }
}
