namespace AccuracyMonitor.Runs.Tables;

/// <summary>Text in CSV that a spreadsheet would take for a formula.</summary>
internal static class SpreadsheetText
{
    private const string Starts = "=+-@\t";

    /// <summary>The text with an apostrophe before it where it is needed.</summary>
    public static string Protect(string text) => IsFormula(text) || (text.StartsWith('\'') && IsFormula(text.TrimStart('\''))) ? $"'{text}" : text;

    /// <summary>The text that was protected.</summary>
    public static string Unprotect(string text) => text.StartsWith('\'') && IsFormula(text.TrimStart('\'')) ? text[1..] : text;

    public static bool IsFormula(string text) => text.Length > 0 && Starts.Contains(text[0], StringComparison.Ordinal);
}
