using System.Runtime.InteropServices;
using AccuracyMonitor.Core.Labelling;
using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Labelling;

/// <summary>SQL that lists requests with who answered them.</summary>
internal static class RequestList
{
    // An opinion is wanted, and whoever asks has not given the label.
    private const string Withheld =
        "(EXISTS (SELECT 1 FROM doubled_requests d WHERE d.request_id = r.id AND d.wanted <> 0) AND (@WithheldFrom = '' OR entry.annotator <> @WithheldFrom))";

    // Of a request that is leased whoever holds it, else whoever made the last entry of its history.
    private const string Annotator = "COALESCE(held.annotator, entry.annotator, '')";

    public static IReadOnlyList<RequestListing> Page(SqliteConnection connection, RequestQuery query) =>
        [.. connection.Query<Row>(Sql(query), Arguments(query)).Select(r => r.Listing())];

    private static string Sql(RequestQuery query)
    {
        var withheld = query.WithheldFrom is null ? "FALSE" : Withheld;
        var annotator = query.WithheldFrom is null ? Annotator : $"CASE WHEN {Withheld} THEN '' ELSE {Annotator} END";
        return $"""
        SELECT {(query.WithProbabilities ? RequestRow.ColumnsWithVector : RequestRow.Columns)}, {annotator} AS Annotator, {withheld} AS Withheld
        FROM label_requests r
        {(query.WithProbabilities ? "LEFT JOIN request_vectors v ON v.request_id = r.id" : "")}
        LEFT JOIN leases held ON held.lease_id = r.lease_id
        LEFT JOIN labels entry ON entry.sequence = r.label_sequence
        WHERE r.id < @Before AND {SqlFilter.OnModel(query.Model, query.Version)} AND {OnState(query.States)}
            AND r.prediction_time >= @since {(query.Until is null ? "" : "AND r.prediction_time < @until")}
            {(string.IsNullOrEmpty(query.Annotator) ? "" : $"AND {annotator} = @Annotator")}
        ORDER BY r.id DESC LIMIT @Limit
        """;
    }

    /// <summary>In the text, so that the indexes of single states can serve it.</summary>
    private static string OnState(IReadOnlyList<RequestState> states) =>
        states switch
        {
            [] => "TRUE",
            [var one] => $"r.state = {(int)one}",
            _ => $"r.state IN ({string.Join(", ", states.Select(s => (int)s))})",
        };

    private static object Arguments(RequestQuery query) => new
    {
        query.Before,
        model = query.Model,
        version = query.Version,
        since = StoredTime.Write(query.Since),
        until = StoredTime.Write(query.Until ?? DateTimeOffset.MaxValue),
        query.Annotator,
        query.WithheldFrom,
        query.Limit,
    };

    private sealed class Row : RequestRow
    {
        public string Annotator { get; set; } = "";

        public long Withheld { get; set; }

        public RequestListing Listing() => new(
            Id,
            Withheld != 0 ? Summary() with { Label = null } : Summary(),
            Annotator,
            Probabilities is null ? null : MemoryMarshal.Cast<byte, float>(Probabilities).ToArray(),
            Withheld != 0);
    }
}
