using System.Security.Cryptography;
using AccuracyMonitor.Core;
using AccuracyMonitor.Storage.Audit;
using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Monitors;

/// <summary>SQL of the monitors and their files.</summary>
internal static class Registry
{
    private const string Columns =
        """
        m.id AS Id, m.model AS Model, m.version AS Version, m.monitor_version AS MonitorVersion, m.kind AS Kind, m.parent_version AS Parent,
        m.created_at AS CreatedAt, m.training_labels AS TrainingLabels, m.metadata AS Metadata
        """;

    private const string ColumnsWithFiles = Columns + ", m.sha256 AS Sha256, m.head AS Head";

    public static RegisterOutcome Register(SqliteConnection connection, MonitorRow monitor, Origin origin)
    {
        var sha256 = SHA256.HashData(monitor.Onnx);
        if (Find(connection, monitor.Key, monitor.MonitorVersion) is { } known)
        {
            return known.Sha256.AsSpan().SequenceEqual(sha256) && known.Head.AsSpan().SequenceEqual(monitor.Head)
                ? RegisterOutcome.Unchanged
                : RegisterOutcome.Conflict;
        }

        connection.Execute(
            """
            INSERT INTO monitor_graphs (sha256, onnx) VALUES (@sha256, @Onnx) ON CONFLICT (sha256) DO NOTHING;
            INSERT INTO monitors (model, version, monitor_version, kind, parent_version, created_at, training_labels, metadata, sha256, head)
            VALUES (@Model, @Version, @MonitorVersion, @Kind, @Parent, @CreatedAt, @TrainingLabels, @Metadata, @sha256, @Head)
            """,
            new
            {
                monitor.Key.Model,
                monitor.Key.Version,
                monitor.MonitorVersion,
                monitor.Kind,
                monitor.Parent,
                CreatedAt = StoredTime.Write(monitor.CreatedAt),
                monitor.TrainingLabels,
                monitor.Metadata,
                sha256,
                monitor.Onnx,
                monitor.Head,
            });
        MonitorAudit.Registered(connection, monitor, origin);
        return RegisterOutcome.Registered;
    }

    public static StoredMonitor? Find(SqliteConnection connection, ModelKey key, string monitorVersion) =>
        connection.QuerySingleOrDefault<StoredMonitor>(
            $"SELECT {ColumnsWithFiles} FROM monitors m WHERE model = @Model AND version = @Version AND monitor_version = @monitorVersion",
            new { key.Model, key.Version, monitorVersion });

    public static MonitorRow? Get(SqliteConnection connection, ModelKey key, string monitorVersion) =>
        Find(connection, key, monitorVersion) is { } monitor ? WithGraph(connection, monitor) : null;

    public static StoredMonitor ById(SqliteConnection connection, long id) =>
        connection.QuerySingle<StoredMonitor>($"SELECT {ColumnsWithFiles} FROM monitors m WHERE id = @id", new { id });

    /// <exception cref="StoreException">The file is not what it was when it was registered.</exception>
    public static MonitorRow WithGraph(SqliteConnection connection, StoredMonitor monitor)
    {
        var onnx = connection.QuerySingle<byte[]>("SELECT onnx FROM monitor_graphs WHERE sha256 = @Sha256", new { monitor.Sha256 });
        if (!SHA256.HashData(onnx).AsSpan().SequenceEqual(monitor.Sha256))
        {
            throw new StoreException($"The file of monitor {monitor.MonitorVersion} of {monitor.Key} is damaged: its SHA-256 has changed. Activate another.");
        }

        return monitor.Row(onnx);
    }

    /// <summary>Newest first.</summary>
    public static IReadOnlyList<MonitorListing> List(SqliteConnection connection, string? model, string? version)
    {
        var monitors = connection.Query<StoredMonitor>(
            $"SELECT {Columns} FROM monitors m WHERE {SqlFilter.OnModel(model, version)} ORDER BY id DESC", new { model, version });
        var active = Activations.ActiveMonitorIds(connection);
        var decisions = Decisions.Last(connection, model, version).ToDictionary(d => (d.Key, d.ChallengerVersion));
        return [.. monitors.Select(m => new MonitorListing(m.Info(), active.Contains(m.Id), decisions.GetValueOrDefault((m.Key, m.MonitorVersion))))];
    }
}
