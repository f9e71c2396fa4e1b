using System.Globalization;

namespace AccuracyMonitor.Runs.Replay;

/// <summary>
/// Ids of a trace's predictions name the row, so that its label is found when the question comes, however late and without a table that grows.
/// </summary>
internal static class ReplayId
{
    /// <param name="run">Of the run: what a second replay to the same series must not share.</param>
    /// <param name="sequence">Unique within the run.</param>
    /// <param name="set">Index of the condition.</param>
    /// <param name="row">Within the condition.</param>
    public static string Create(string run, long sequence, int set, int row) =>
        string.Create(CultureInfo.InvariantCulture, $"{run}-{sequence:D8}-{set}-{row}");

    /// <summary>False: not an id of <paramref name="run"/>.</summary>
    public static bool TryParse(string run, string id, out int set, out int row)
    {
        (set, row) = (-1, -1);
        var parts = id.StartsWith(run + "-", StringComparison.Ordinal) ? id[(run.Length + 1)..].Split('-') : [];
        return parts.Length == 3
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out set)
            && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out row);
    }
}
