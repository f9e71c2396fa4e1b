using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace AccuracyMonitor.Evaluation.Traces;

/// <summary>
/// Reads a <c>.csv</c>: RFC 4180, UTF-8 with or without a byte-order mark, a header, <c>label</c>, optionally <c>condition</c>, and the
/// probability columns (<see cref="ProbabilityColumns"/>).
/// </summary>
internal static class CsvTrace
{
    /// <exception cref="TraceFileException">A defect, with its line and column.</exception>
    public static ITraceSource Read(string path)
    {
        using var text = new StreamReader(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
        using var parser = new CsvParser(text, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            // A quote that is never closed swallows the rest of the file into one field: the line it was met on says more than "too few columns".
            BadDataFound = bad => throw new TraceFileException($"{path}: line {bad.Context.Parser!.RawRow}: a quote is out of place."),
        });
        try
        {
            return Read(path, parser);
        }
        catch (DecoderFallbackException e)
        {
            throw new TraceFileException($"{path}: line {parser.RawRow} or after: not UTF-8.", e);
        }
    }

    private static ITraceSource Read(string path, CsvParser parser)
    {
        if (!parser.Read())
        {
            throw new TraceFileException($"{path}: is empty; expected a header.");
        }

        string[] header = [.. parser.Record!.Select(name => name.Trim())];
        var probabilities = ProbabilityColumns.Find(path, header);
        var label = Column(path, header, TraceColumns.Label, required: true);
        var condition = Column(path, header, TraceColumns.Condition, required: false);
        var builder = new TraceBuilder(path, "line", i => header[probabilities[i]]);
        var row = new float[probabilities.Length];
        while (parser.Read())
        {
            var line = parser.RawRow;
            if (parser.Count != header.Length)
            {
                throw builder.Defect(line, $"{parser.Count} fields; the header has {header.Length}");
            }

            for (var i = 0; i < row.Length; i++)
            {
                row[i] = float.TryParse(parser[probabilities[i]], NumberStyles.Float, CultureInfo.InvariantCulture, out var p)
                    ? p
                    : throw builder.Defect(line, $"'{header[probabilities[i]]}' is '{parser[probabilities[i]]}'; expected a number");
            }

            var added = builder.Add(condition < 0 ? TraceFile.Reference : parser[condition].Trim(), row, line);
            var value = parser[label].Trim();
            if (value.Length > 0)
            {
                builder.SetLabel(added, WholeNumber(builder, value, line), line);
            }
        }

        return builder.Complete();
    }

    private static long WholeNumber(TraceBuilder builder, string value, long line) =>
        long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw builder.Defect(line, $"'{TraceColumns.Label}' is '{value}'; expected a class index, 0…{builder.ClassCount - 1}");

    private static int Column(string path, string[] header, string name, bool required)
    {
        var first = Array.IndexOf(header, name);
        return Array.LastIndexOf(header, name) != first ? throw new TraceFileException($"{path}: column '{name}' is there more than once.")
            : first < 0 && required ? throw new TraceFileException($"{path}: column '{name}' is missing. It has: {string.Join(", ", header.Take(20))}.")
            : first;
    }
}
