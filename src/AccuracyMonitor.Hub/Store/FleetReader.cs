using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Windows;
using Npgsql;

namespace AccuracyMonitor.Hub.Store;

/// <summary>Reads what the estimates are made of, over all sources, those of pods that are gone among them.</summary>
internal sealed class FleetReader(NpgsqlDataSource source)
{
    /// <summary>The sums of every bucket that overlaps (end − window, end], added up over the sources, in order of series and start.</summary>
    public async IAsyncEnumerable<FleetBucket> BucketsAsync(TimeSpan window, DateTimeOffset end, [EnumeratorCancellation] CancellationToken cancel)
    {
        // The first condition finds the partitions: no bucket is wider than its window.
        await using var command = source.CreateCommand(
            """
            SELECT m.model, m.version, s.segment, s.predicted_class, b.start, b.width, b.predictions, b.score, b.score_squared, b.score_variance, b.confidence,
                b.covered_predictions, b.covered_score, b.covered_score_squared
            FROM (
                SELECT series, start, max(width) AS width, sum(predictions)::bigint AS predictions, sum(score) AS score, sum(score_squared) AS score_squared,
                    sum(score_variance) AS score_variance, sum(confidence) AS confidence, sum(covered_predictions)::bigint AS covered_predictions,
                    sum(covered_score) AS covered_score, sum(covered_score_squared) AS covered_score_squared
                FROM bucket_sums WHERE start > $1 - $2 AND start <= $3 AND "window" = $2 AND start + width > $1
                GROUP BY series, start) b
            JOIN series s ON s.id = b.series JOIN model_versions m ON m.id = s.model_version
            ORDER BY b.series, b.start
            """);
        command.Parameters.Add(Sql.Value(end.UtcTicks - window.Ticks + 1));
        command.Parameters.Add(Sql.Value(window.Ticks));
        command.Parameters.Add(Sql.Value(end.UtcTicks));
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var predicted = reader.GetInt32(3);
            yield return new FleetBucket(
                new SeriesKey(reader.GetString(0), reader.GetString(1), reader.GetString(2))
                {
                    PredictedClass = predicted == Sql.EveryClass ? null : predicted,
                },
                new Bucket(
                    Sql.Time(reader.GetInt64(4)),
                    TimeSpan.FromTicks(reader.GetInt64(5)),
                    new PredictionSums
                    {
                        Count = reader.GetInt64(6),
                        Score = reader.GetDouble(7),
                        ScoreSquared = reader.GetDouble(8),
                        ScoreVariance = reader.GetDouble(9),
                        Confidence = reader.GetDouble(10),
                        CoveredCount = reader.GetInt64(11),
                        CoveredScore = reader.GetDouble(12),
                        CoveredScoreSquared = reader.GetDouble(13),
                    },
                    default));
        }
    }

    /// <summary>The requests that have an inclusion probability, of predictions made after <paramref name="since"/>.</summary>
    public async IAsyncEnumerable<FleetRequest> RequestsAsync(DateTimeOffset since, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            """
            SELECT m.model, m.version, r.segment, r.predicted_class, r.prediction_time, r.score, r.inclusion_probability, r.progress, r.label
            FROM label_requests r JOIN model_versions m ON m.id = r.model_version
            WHERE r.prediction_time > $1 AND r.inclusion_probability > 0 AND r.policy <> 4
            """);
        command.Parameters.Add(Sql.Value(since.UtcTicks));
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            int? label = reader.IsDBNull(8) ? null : reader.GetInt32(8);
            yield return new FleetRequest(
                new SeriesKey(reader.GetString(0), reader.GetString(1), reader.GetString(2)), reader.GetInt32(3), Sql.Time(reader.GetInt64(4)))
            {
                Point = label is { } given ? new LabelPoint(reader.GetDouble(5), reader.GetDouble(6), given == reader.GetInt32(3)) : null,
                IsUnanswered = reader.GetInt16(7) == 3,
            };
        }
    }

    /// <summary>What the sources say of each model version, those that reported in the last <paramref name="within"/>.</summary>
    public async Task<IReadOnlyDictionary<ModelKey, FleetModel>> ModelsAsync(TimeSpan within, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            """
            SELECT m.model, m.version, count(*)::int, bool_and(r.monitor_valid), max(r.mean_score_standard_error)
            FROM reported_models r JOIN model_versions m ON m.id = r.model_version JOIN sources s ON s.id = r.source
            WHERE s.last_seen > now() - $1 GROUP BY m.model, m.version
            """);
        command.Parameters.Add(Sql.Value(within));
        await using var reader = await command.ExecuteReaderAsync(cancel);
        Dictionary<ModelKey, FleetModel> models = [];
        while (await reader.ReadAsync(cancel))
        {
            models[new ModelKey(reader.GetString(0), reader.GetString(1))] = new FleetModel(reader.GetInt32(2), reader.GetBoolean(3), reader.GetDouble(4));
        }

        return models;
    }

    /// <summary>Sources that reported in the last <paramref name="within"/>, and what they have not reported yet.</summary>
    public async Task<FleetBacklog> BacklogAsync(TimeSpan within, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            """
            SELECT count(*), count(*) FILTER (WHERE last_seen > now() - $1), coalesce(sum(backlog_changes), 0)::bigint, coalesce(max(backlog_seconds), 0),
                coalesce(max(abs(skew_seconds)) FILTER (WHERE last_seen > now() - $1), 0)
            FROM sources
            """);
        command.Parameters.Add(Sql.Value(within));
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return new FleetBacklog(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetDouble(3), reader.GetDouble(4));
    }
}

/// <param name="Bucket">Its sums of predictions; its sums of labels are empty.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FleetBucket(SeriesKey Series, Bucket Bucket);

/// <param name="Series">The series of its segment.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FleetRequest(SeriesKey Series, int PredictedClass, DateTimeOffset Time)
{
    /// <summary>Null: it has no label.</summary>
    public LabelPoint? Point { get; init; }

    public bool IsUnanswered { get; init; }
}

/// <param name="Sources">How many sources have reported the model version lately.</param>
/// <param name="MonitorValid">Whether the monitor is valid in all of these sources.</param>
/// <param name="MeanScoreStandardError">The largest of these sources.</param>
internal sealed record FleetModel(int Sources, bool MonitorValid, double MeanScoreStandardError);

/// <param name="Sources">How many sources have ever reported.</param>
/// <param name="Living">How many of them have reported lately.</param>
/// <param name="Changes">How many changes the sources had not reported when they last reported, including sources that are gone.</param>
/// <param name="Seconds">How long the oldest of these changes had waited.</param>
/// <param name="Skew">The largest difference between the clock of a living source and that of the database, in seconds.</param>
internal sealed record FleetBacklog(long Sources, long Living, long Changes, double Seconds, double Skew);
