using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Labelling;

/// <summary>A lease that was given for an opinion, whether it still runs or not.</summary>
/// <param name="Request">That it was given for.</param>
/// <param name="Number">2 or 3.</param>
/// <param name="Annotator">Who leased it.</param>
/// <param name="Runs">Does it run, if its end has not come?</param>
/// <param name="Ends">Null when it does not run.</param>
internal sealed record OpinionLease(RequestRow Request, int Number, string Annotator, bool Runs, DateTimeOffset? Ends)
{
    /// <returns>Null if it is no lease of an opinion.</returns>
    public static OpinionLease? Find(SqliteConnection connection, string leaseId)
    {
        var found = Dapper.SqlMapper.QuerySingleOrDefault<(long RequestId, long Number, string Annotator, long Runs, long? Ends)?>(
            connection,
            """
            SELECT l.request_id, l.number, l.annotator, d.lease_id IS l.lease_id, CASE WHEN d.lease_id IS l.lease_id THEN d.lease_expires END
            FROM opinion_leases l JOIN doubled_requests d ON d.request_id = l.request_id WHERE l.lease_id = @leaseId
            """,
            new { leaseId });
        return found is { } l
            ? new OpinionLease(
                RequestReads.ById(connection, l.RequestId), (int)l.Number, l.Annotator, l.Runs != 0, l.Ends is { } ends ? StoredTime.Read(ends) : null)
            : null;
    }
}
