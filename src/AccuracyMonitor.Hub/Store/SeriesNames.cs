using AccuracyMonitor.Core;
using AccuracyMonitor.Hub.Fleet;
using Npgsql;

namespace AccuracyMonitor.Hub.Store;

/// <summary>The numbers of the model versions and series that a report names. Asked of the database each time: a number kept in memory would be another
/// series' after a backup was restored.</summary>
internal sealed class SeriesNames
{
    /// <summary>Bounds of what all sources together can name.</summary>
    public const int MaxModelVersions = 5000;

    public const int MaxSeries = 100_000;

    private readonly Dictionary<ModelKey, int> _models = [];
    private readonly Dictionary<SeriesKey, int> _series = [];
    private readonly List<(string Field, string Reason)> _refused = [];

    private SeriesNames()
    {
    }

    /// <summary>What has no number, since the hub knows as many as it may.</summary>
    public IReadOnlyList<(string Field, string Reason)> Refused => _refused;

    /// <summary>Null: it has none.</summary>
    public int? Of(ModelKey key) => _models.TryGetValue(key, out var id) ? id : null;

    /// <inheritdoc cref="Of(ModelKey)"/>
    public int? Of(SeriesKey key) => _series.TryGetValue(key, out var id) ? id : null;

    /// <summary>Finds and makes what the report needs, in a fixed order, so that two reports don't wait for each other.</summary>
    public static async Task<SeriesNames> ResolveAsync(NpgsqlConnection connection, SourceReport report, CancellationToken cancel)
    {
        var names = new SeriesNames();
        var series = report.Buckets.Select(static b => b.Series).Distinct().ToArray();
        var models = series.Select(static s => s.ModelKey).Concat(report.Requests.Select(static r => r.Series.ModelKey))
            .Concat(report.Models.Select(static m => m.Model)).Distinct().ToArray();
        await names.FindModelsAsync(connection, models, cancel);
        if (await MakeModelsAsync(connection, [.. models.Where(m => names.Of(m) is null)], cancel))
        {
            await names.FindModelsAsync(connection, models, cancel);
        }

        // No series is created for predictions that are to be forgotten.
        await names.FindModelsAsync(connection, [.. report.Forgotten.Select(static f => f.Model).Distinct()], cancel);
        SeriesKey[] named = [.. series.Where(s => names.Of(s.ModelKey) is not null)];
        await names.FindSeriesAsync(connection, named, cancel);
        if (await names.MakeSeriesAsync(connection, [.. named.Where(s => names.Of(s) is null)], cancel))
        {
            await names.FindSeriesAsync(connection, named, cancel);
        }

        foreach (var model in models.Where(m => names.Of(m) is null))
        {
            names._refused.Add(("model", $"{model} would be beyond the {MaxModelVersions} model versions that the hub keeps"));
        }

        foreach (var one in named.Where(s => names.Of(s) is null))
        {
            names._refused.Add(("series", $"{one} would be beyond the {MaxSeries} series that the hub keeps"));
        }

        return names;
    }

    /// <summary>Notes that they are in use, once a day, so that <see cref="Leftovers"/> keeps them.</summary>
    public IEnumerable<NpgsqlBatchCommand> Touch()
    {
        yield return Touch("model_versions", _models.Values);
        yield return Touch("series", _series.Values);
    }

#pragma warning disable CA2100 // Names of ours.
    private static NpgsqlBatchCommand Touch(string table, IEnumerable<int> ids) =>
        new($"UPDATE {table} SET last_seen = now() WHERE id = ANY($1) AND last_seen < now() - interval '1 day'")
        {
            Parameters = { Sql.Value(ids.Order().ToArray()) },
        };
#pragma warning restore CA2100

    private async Task FindModelsAsync(NpgsqlConnection connection, ModelKey[] keys, CancellationToken cancel)
    {
        if (keys.Length == 0)
        {
            return;
        }

        await using var command = new NpgsqlCommand(
            "SELECT id, model, version FROM model_versions WHERE (model, version) IN (SELECT * FROM unnest($1, $2))", connection)
        {
            Parameters = { Sql.Column(keys, static k => k.Model), Sql.Column(keys, static k => k.Version) },
        };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            _models[new ModelKey(reader.GetString(1), reader.GetString(2))] = reader.GetInt32(0);
        }
    }

    private static async Task<bool> MakeModelsAsync(NpgsqlConnection connection, ModelKey[] keys, CancellationToken cancel) => keys.Length > 0
        && await ExecuteAsync(
            connection,
            $"""
            INSERT INTO model_versions (model, version)
                SELECT model, version FROM unnest($1, $2) AS n (model, version)
                ORDER BY model, version LIMIT GREATEST(0, {MaxModelVersions} - (SELECT count(*) FROM model_versions)) ON CONFLICT DO NOTHING
            """,
            cancel,
            Sql.Column(keys, static k => k.Model),
            Sql.Column(keys, static k => k.Version));

    private async Task FindSeriesAsync(NpgsqlConnection connection, SeriesKey[] keys, CancellationToken cancel)
    {
        if (keys.Length == 0)
        {
            return;
        }

        await using var command = new NpgsqlCommand(
            """
            SELECT s.id, m.model, m.version, s.segment, s.predicted_class FROM series s JOIN model_versions m ON m.id = s.model_version
                WHERE (s.model_version, s.segment, s.predicted_class) IN (SELECT * FROM unnest($1, $2, $3))
            """,
            connection);
        command.Parameters.AddRange(Columns(keys));
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var predicted = reader.GetInt32(4);
            _series[new SeriesKey(reader.GetString(1), reader.GetString(2), reader.GetString(3))
            {
                PredictedClass = predicted == Sql.EveryClass ? null : predicted,
            }] = reader.GetInt32(0);
        }
    }

    private async Task<bool> MakeSeriesAsync(NpgsqlConnection connection, SeriesKey[] keys, CancellationToken cancel) => keys.Length > 0
        && await ExecuteAsync(
            connection,
            $"""
            INSERT INTO series (model_version, segment, predicted_class)
                SELECT model_version, segment, predicted_class FROM unnest($1, $2, $3) AS n (model_version, segment, predicted_class)
                ORDER BY model_version, segment, predicted_class LIMIT GREATEST(0, {MaxSeries} - (SELECT count(*) FROM series)) ON CONFLICT DO NOTHING
            """,
            cancel,
            Columns(keys));

    private NpgsqlParameter[] Columns(SeriesKey[] keys) =>
    [
        Sql.Column(keys, k => _models[k.ModelKey]), Sql.Column(keys, static k => k.Segment),
        Sql.Column(keys, static k => k.PredictedClass ?? Sql.EveryClass),
    ];

    private static async Task<bool> ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancel, params NpgsqlParameter[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(parameters);
        await command.ExecuteNonQueryAsync(cancel);
        return true;
    }
}
