using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Fleet;

/// <summary>SQL of the source: the database as hubs know it.</summary>
internal static class FleetSources
{
    /// <param name="connection">A connection in a transaction.</param>
    /// <param name="known">The source of this process, whose database may have been set aside since. It goes on under its id, because the sums of its
    /// windows go on: under another id the hub would count them twice.</param>
    /// <param name="highest">The highest change number that this process has used.</param>
    public static FleetSource Connect(SqliteConnection connection, FleetSource? known, long highest)
    {
        if (Find(connection) is not { } stored)
        {
            var source = new FleetSource(known?.Id ?? Guid.NewGuid(), (known?.Epoch ?? 0) + 1, default);
            connection.Execute(
                "INSERT INTO hub_source VALUES (1, @id, @Epoch, 1, @highest, 0, 0, 0)",
                new { id = source.Id.ToString(), source.Epoch, highest });
            FleetMarking.Begin(connection);
            return source;
        }

        if (!IsConnected(connection))
        {
            StartOver(connection);
            stored = stored with { Acknowledged = default };
        }

        var connected = stored with { Epoch = stored.Epoch + 1 };
        connection.Execute("UPDATE hub_source SET epoch = @Epoch, connected = 1", new { connected.Epoch });
        return connected;
    }

    public static bool Disconnect(SqliteConnection connection) => connection.Execute("UPDATE hub_source SET connected = 0") > 0;

    public static bool IsConnected(SqliteConnection connection) =>
        connection.ExecuteScalar<long>("SELECT COUNT(*) FROM hub_source WHERE connected") > 0;

    public static void Acknowledged(SqliteConnection connection, ReportNumber report) =>
        connection.Execute("UPDATE hub_source SET acknowledged_epoch = @Epoch, acknowledged_sequence = @Sequence", report);

    /// <summary>All that is stored is to be reported, to a hub that need not know any earlier report.</summary>
    public static bool StartOver(SqliteConnection connection)
    {
        Acknowledged(connection, default);
        FleetMarking.Begin(connection);
        return true;
    }

    /// <exception cref="InvalidOperationException">There is no source.</exception>
    public static long NextChange(SqliteConnection connection) =>
        connection.QuerySingle<long>("UPDATE hub_source SET changes = changes + 1 RETURNING changes");

    private static FleetSource? Find(SqliteConnection connection) =>
        connection.Query<(string Id, long Epoch, long Acknowledged, long Sequence)>(
            "SELECT source_id, epoch, acknowledged_epoch, acknowledged_sequence FROM hub_source")
            .Select(s => new FleetSource(Guid.Parse(s.Id), s.Epoch, new ReportNumber(s.Acknowledged, s.Sequence))).SingleOrDefault();
}
