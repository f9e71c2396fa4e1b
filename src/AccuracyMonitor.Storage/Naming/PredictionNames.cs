using AccuracyMonitor.Core;
using AccuracyMonitor.Storage.Callers;
using AccuracyMonitor.Storage.Truth;
using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Naming;

/// <summary>Finds the prediction that somebody means by the id which its caller reported (<see cref="PredictionIds"/>).</summary>
internal static class PredictionNames
{
    /// <summary>
    /// The id as it is kept. One with the separator is that already. A caller who reports predictions of the version means his own; from anybody else an id
    /// must be kept once. An id of which nothing is kept stays as it is.
    /// </summary>
    /// <param name="given">By somebody who need not be the caller who reported it.</param>
    /// <param name="by">Subject of who gives it; empty: not known.</param>
    public static NamedPrediction Find(SqliteConnection connection, ModelKey key, string given, string by)
    {
        if (given.Contains(PredictionIds.Separator, StringComparison.Ordinal))
        {
            // Without a caller before it: one that was reported without authentication.
            return new NamedPrediction(given[0] == PredictionIds.Separator ? given[1..] : given);
        }

        var prefixes = PredictionCallers.Prefixes(connection, key);
        if (prefixes.Count == 0)
        {
            return new NamedPrediction(given);
        }

        if (by.Length > 0 && PredictionIds.PrefixOf(by) is var own && prefixes.Contains(own, StringComparer.Ordinal))
        {
            return new NamedPrediction(own + given);
        }

        string[] kept = [.. prefixes.Prepend("").Select(p => p + given).Where(id => IsKept(connection, key, id))];
        return kept.Length switch
        {
            0 => new NamedPrediction(given),
            1 => new NamedPrediction(kept[0]),
            _ => new NamedPrediction(given) { Problem = Ambiguous(key, given, kept) },
        };
    }

    /// <summary>All ids under which predictions may be kept that were reported with one of these.</summary>
    public static string[] All(SqliteConnection connection, ModelKey key, IReadOnlyList<string> given)
    {
        var prefixes = PredictionCallers.Prefixes(connection, key);
        return [.. given.SelectMany(id => id.Contains(PredictionIds.Separator, StringComparison.Ordinal)
            ? [id[0] == PredictionIds.Separator ? id[1..] : id]
            : prefixes.Prepend("").Select(p => p + id)).Distinct(StringComparer.Ordinal)];
    }

    private static bool IsKept(SqliteConnection connection, ModelKey key, string id) => connection.ExecuteScalar<bool>(
        "SELECT EXISTS (SELECT 1 FROM label_requests WHERE model = @Model AND version = @Version AND prediction_id = @id)",
        new { key.Model, key.Version, id }) || PredictionMemory.Find(connection, key, id) is not null;

    private static string Ambiguous(ModelKey key, string given, string[] kept)
    {
        const int Shown = 5;
        var names = kept.Take(Shown).Select(id => $"'{PredictionIds.Exactly(id)}'");
        return $"{kept.Length} callers have reported a prediction '{given}' of {key}; name one of {string.Join(", ", names)}";
    }
}

/// <summary>The prediction that somebody means.</summary>
/// <param name="Id">As it is kept.</param>
internal sealed record NamedPrediction(string Id)
{
    /// <summary>Why it cannot be told which one is meant; empty: it can.</summary>
    public string Problem { get; init; } = "";
}
