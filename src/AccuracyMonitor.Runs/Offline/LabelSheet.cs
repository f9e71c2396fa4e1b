using System.Buffers;
using System.Globalization;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Runs.Tables;

namespace AccuracyMonitor.Runs.Offline;

/// <summary>The CSV (RFC 4180) in which a person labels the drawn rows.</summary>
internal static class LabelSheet
{
    private const string NewLine = "\r\n";

    /// <summary>Characters for which a field is quoted: also other delimiters, by which a reader might cut.</summary>
    private static readonly SearchValues<char> Quoted = SearchValues.Create(",\"\r\n;\t|");

    /// <param name="path">Must not exist: a sheet that is there may hold labels.</param>
    /// <param name="rows">In the order in which they are to be labelled.</param>
    /// <param name="classes">For the names of classes.</param>
    /// <param name="showPrediction">Whether the predicted class is written.</param>
    /// <exception cref="IOException">The file exists or cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<SelectedRow> rows, ClassScheme classes, bool showPrediction)
    {
        using var file = new StreamWriter(new FileStream(path, FileMode.CreateNew, FileAccess.Write)) { NewLine = NewLine };

        // The label is not the last column: spreadsheets drop the delimiters of empty cells at the end of a row.
        file.WriteLine($"id,{(showPrediction ? "predicted," : "")}label,{LabelSource.InclusionColumn}");
        foreach (var row in rows)
        {
            var predicted = showPrediction ? $"{Field(classes.NameOf(row.Predicted))}," : "";
            var label = row.Label is { } known ? Field(classes.NameOf(known)) : "";
            file.WriteLine($"{Field(row.Id)},{predicted}{label},{row.Inclusion.ToString("G9", CultureInfo.InvariantCulture)}");
        }
    }

    /// <summary>Whether a spreadsheet may take an id for a formula.</summary>
    public static bool LooksLikeFormula(string id) => SpreadsheetText.IsFormula(id)
        && !double.TryParse(id, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    private static string Field(string text) =>
        text.AsSpan().IndexOfAny(Quoted) >= 0 || text.AsSpan().Trim().Length != text.Length
            ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : text;
}
