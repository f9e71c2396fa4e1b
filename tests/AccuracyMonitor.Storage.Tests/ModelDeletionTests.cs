using System.Text;
using AccuracyMonitor.Core;
using AccuracyMonitor.Storage.Audit;
using AccuracyMonitor.Storage.Inputs;
using AccuracyMonitor.Storage.Labelling;
using AccuracyMonitor.Storage.Recovery;
using AccuracyMonitor.Storage.Tests.Schema;
using Microsoft.Data.Sqlite;
using static AccuracyMonitor.Storage.Tests.StoreFixture;

namespace AccuracyMonitor.Storage.Tests;

public sealed class ModelDeletionTests : IDisposable
{
    private static readonly Origin Ops = new(new Actor("token:ops", "10.0.0.7"), Start.AddDays(1));
    private static readonly ModelKey Next = new(Clothing.Model, "8");
    private static readonly ModelKey Shoes = new("shoes", "1");

    private readonly StoreFixture _disk = new();

    /// <summary>Also of tables that later versions of the schema bring.</summary>
    [Fact]
    public async Task Only_the_audit_trail_and_what_a_hub_is_to_forget_have_anything_of_a_deleted_version_and_the_others_stay()
    {
        await using var store = await _disk.OpenAsync();
        await GoldenContent.WriteAsync(store);
        await store.EnqueueAsync([.. Enumerable.Range(0, 25).Select(i => Request($"n{i}", Next)), Request("other", Shoes)], []);
        Rows(Clothing).ShouldNotBeEmpty();

        var deleted = await store.DeleteModelAsync(Clothing.Model, Clothing.Version, Ops);

        deleted.ShouldBe(new DeletedPiece(5, 2, More: false));
        Rows(Clothing).ShouldBeEmpty();
        ((string[])["request_vectors", "monitor_graphs", "labels"]).Select(t => Scalar($"SELECT COUNT(*) FROM {t}")).ShouldBe([27, 0, 0]);
        (await store.CountsAsync()).Waiting.ShouldBe(27);
        var entry = (await store.AuditAsync(new AuditQuery { Limit = 1 })).Single();
        (entry.Action, entry.Key, entry.Detail, entry.Origin.By).ShouldBe((AuditAction.ModelDeleted, Clothing, "", Ops.By));

        // All versions, in pieces.
        (await store.DeleteModelAsync(Clothing.Model, "", Ops, limit: 10)).ShouldBe(new DeletedPiece(10, 0, More: true));
        (await store.DeleteModelAsync(Clothing.Model, "", null, limit: 10)).ShouldBe(new DeletedPiece(10, 0, More: true));
        (await store.DeleteModelAsync(Clothing.Model, "", null, limit: 10)).ShouldBe(new DeletedPiece(5, 0, More: false));
        (await store.AuditAsync(new AuditQuery { Limit = 2 })).Select(e => (e.Action, e.Detail)).ShouldBe(
            [(AuditAction.ModelDeleted, "all versions"), (AuditAction.ModelDeleted, "")]);
        (await store.FindAsync(Shoes, "other")).ShouldNotBeNull();
    }

    [Fact]
    public async Task Inputs_are_deleted_in_pieces_of_bytes_with_a_model_and_with_predictions()
    {
        await using var store = await _disk.OpenAsync();
        string[] ids = [.. Enumerable.Range(0, 5).Select(i => $"n{i}")];
        var picture = new StoredInput("image/png", new byte[10_000_000]);
        await AttachAsync();

        (await store.DeleteModelAsync(Next.Model, "", Ops)).ShouldBe(new DeletedPiece(0, 0, More: true));
        (await store.Inputs.TotalsAsync()).Inputs.ShouldBe(3, "two have over 16 MiB");
        while ((await store.DeleteModelAsync(Next.Model, "", null)).More)
        {
        }

        (await store.Inputs.TotalsAsync()).ShouldBe(new InputTotals(0, 0));
        await AttachAsync();

        // Each write is a commit of its own: pieces of the inputs, and the rest.
        var commits = store.Counters.Commits;
        (await store.ForgetAsync(Next, ids, Ops)).Predictions.ShouldBe(5);
        (store.Counters.Commits - commits).ShouldBe(4);
        (await store.Inputs.TotalsAsync()).ShouldBe(new InputTotals(0, 0));

        async Task AttachAsync()
        {
            await store.EnqueueAsync([.. ids.Select(id => Request(id, Next))], []);
            foreach (var id in ids)
            {
                await store.Inputs.AttachAsync(Next, id, picture, long.MaxValue, Start);
            }
        }
    }

    [Fact]
    public async Task No_byte_of_it_is_left_in_the_files()
    {
        await using var store = await _disk.OpenAsync();
        await GoldenContent.WriteAsync(store);
        await store.EnqueueAsync([.. Enumerable.Range(0, 300).Select(i => Request($"somebody-{i:D20}"))], []);
        await store.CompleteAsync([.. Enumerable.Range(0, 100).Select(i => new LabelAnswer
        {
            Key = Clothing,
            PredictionId = $"somebody-{i:D20}",
            Label = 1,
            Annotator = "annotator-of-it",
        })], Ops);
        await store.ForgetAsync(Shoes, ["nobody"], Ops);
        Has("somebody-").ShouldBeTrue();

        await store.DeleteModelAsync(Clothing.Model, "", Ops);
        (await store.EraseAsync()).ShouldBeTrue();

        Has("somebody-").ShouldBeFalse();
        DamageCheck.Run(_disk.DatabasePath).ShouldBeNull();
    }

    public void Dispose() => _disk.Dispose();

    /// <returns>The tables with rows of a model version, except the audit trail and the predictions that a hub is still to be told to forget.</returns>
    private string[] Rows(ModelKey key)
    {
        using var connection = Open();
        using var tables = connection.CreateCommand();
        tables.CommandText =
            """
            SELECT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c
            WHERE m.type = 'table' AND m.name NOT IN ('audit', 'unreported_forgotten') AND c.name IN ('model', 'version') GROUP BY m.name HAVING COUNT(*) = 2
            """;
        List<string> names = [];
        using var reader = tables.ExecuteReader();
        while (reader.Read())
        {
            names.Add(reader.GetString(0));
        }

        names.Count.ShouldBeGreaterThan(7);
        return [.. names.Where(n => Scalar($"SELECT COUNT(*) FROM {n} WHERE model = '{key.Model}' AND version = '{key.Version}'") > 0)];
    }

    private long Scalar(string sql)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection($"Data Source={_disk.DatabasePath};Pooling=False;Mode=ReadOnly");
        connection.Open();
        return connection;
    }

    private bool Has(string text) => OtherProcess.ReadDatabase(_disk.DatabasePath).AsSpan().IndexOf(Encoding.ASCII.GetBytes(text)) >= 0;
}
