using AccuracyMonitor.Storage.Schema;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using static AccuracyMonitor.Storage.Tests.StoreFixture;

namespace AccuracyMonitor.Storage.Tests.Schema;

public sealed class MigrationTests : IDisposable
{
    private static readonly Migration Next = new(Migrations.All.Count + 1, "ALTER TABLE labels ADD COLUMN note TEXT; CREATE TABLE added (x INTEGER) STRICT");

    private readonly StoreFixture _disk = new();

    [Fact]
    public async Task A_later_step_keeps_what_is_there_and_the_older_program_then_refuses()
    {
        await using (var store = await _disk.OpenAsync())
        {
            await store.EnqueueAsync([Request("a")], []);
        }

        await OpenWithAsync([.. Migrations.All, Next]);
        Scalar("SELECT COUNT(*) FROM label_requests").ShouldBe(1);
        Scalar("SELECT COUNT(*) FROM added").ShouldBe(0);
        Scalar("PRAGMA user_version").ShouldBe(Next.Version);
        (await Should.ThrowAsync<StoreException>(() => _disk.OpenAsync())).Message.ShouldContain("newer program");
    }

    [Fact]
    public async Task A_step_that_fails_halfway_leaves_the_version_before_it()
    {
        await (await _disk.OpenAsync()).DisposeAsync();
        var broken = Next with { Sql = $"{Next.Sql}; CREATE TABLE label_requests (x)" };
        await Should.ThrowAsync<StoreException>(() => OpenWithAsync([.. Migrations.All, broken]));
        Scalar("PRAGMA user_version").ShouldBe(Migrations.All.Count);
        Scalar("SELECT COUNT(*) FROM sqlite_schema WHERE name = 'added'").ShouldBe(0);

        await OpenWithAsync([.. Migrations.All, Next]);
        Scalar("PRAGMA user_version").ShouldBe(Next.Version);
    }

    [Fact]
    public void Steps_are_numbered_from_1_without_a_gap() =>
        Migrations.All.Select(m => m.Version).ShouldBe(Enumerable.Range(1, Migrations.All.Count));

    public void Dispose() => _disk.Dispose();

    private async Task OpenWithAsync(IReadOnlyList<Migration> steps) =>
        await StoreEngine.Open(_disk.Options, TimeProvider.System, NullLogger.Instance, steps).DisposeAsync();

    private long Scalar(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_disk.DatabasePath};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }
}
