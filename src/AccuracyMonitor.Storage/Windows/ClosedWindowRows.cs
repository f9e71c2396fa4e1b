using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Sequences;
using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Windows;

/// <summary>SQL of the closed windows of a model version's running accuracy.</summary>
internal static class ClosedWindowRows
{
    /// <exception cref="ArgumentException">A number is out of its range: kept, it would spoil the running mean for good.</exception>
    public static void Check(IReadOnlyList<ClosedWindow> windows)
    {
        foreach (var w in windows)
        {
            if (!(w.Accuracy is >= 0 and <= 1 && w.StandardError >= 0 && double.IsFinite(w.StandardError)))
            {
                throw new ArgumentException(
                    $"The window of {w.Start:O} has accuracy {w.Accuracy} ± {w.StandardError}; it must lie between 0 and 1, its error be finite",
                    nameof(windows));
            }
        }
    }

    /// <summary>Puts these in the place of all that start with the first of them or after.</summary>
    public static int Replace(SqliteConnection connection, ModelKey key, IReadOnlyList<ClosedWindow> windows)
    {
        connection.Execute(
            "DELETE FROM closed_windows WHERE model = @Model AND version = @Version AND start >= @start",
            new { key.Model, key.Version, start = StoredTime.Write(windows[0].Start) });
        return connection.Execute(
            """
            INSERT INTO closed_windows (model, version, start, finish, accuracy, standard_error, labels)
            VALUES (@Model, @Version, @start, @finish, @Accuracy, @StandardError, @Labels)
            """,
            windows.Select(w => new
            {
                key.Model,
                key.Version,
                start = StoredTime.Write(w.Start),
                finish = StoredTime.Write(w.End),
                w.Accuracy,
                w.StandardError,
                w.Labels,
            }));
    }

    /// <summary>Oldest first.</summary>
    public static IReadOnlyList<ClosedWindow> Of(SqliteConnection connection, ModelKey key) =>
        [.. connection.Query<(long Start, long Finish, double Accuracy, double StandardError, long Labels)>(
            """
            SELECT start, finish, accuracy, standard_error, labels FROM closed_windows WHERE model = @Model AND version = @Version ORDER BY start
            """,
            new { key.Model, key.Version })
            .Select(r => new ClosedWindow(StoredTime.Read(r.Start), StoredTime.Read(r.Finish), r.Accuracy, r.StandardError, r.Labels))];
}
