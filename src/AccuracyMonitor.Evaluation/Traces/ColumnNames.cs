using System.Globalization;

namespace AccuracyMonitor.Evaluation.Traces;

/// <summary>Groups of columns whose names have a part in common.</summary>
internal static class ColumnNames
{
    private const int MostListed = 20;

    /// <summary>For a message: all names, or the first and how many there are.</summary>
    public static string List(IReadOnlyList<string> names) =>
        names.Count <= MostListed ? string.Join(", ", names) : $"{string.Join(", ", names.Take(MostListed))}, … ({names.Count} columns)";

    /// <summary>A name's number at its end, and what is before it; −1 where it has none.</summary>
    public static (string Prefix, int Number) Split(string name)
    {
        var prefix = name.AsSpan().TrimEnd("0123456789");
        return int.TryParse(name.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? (prefix.ToString(), number)
            : (name, -1);
    }
}
