using AccuracyMonitor.Bridge.Tools;
using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Bridge.Journal;

/// <summary>
/// What the bridge must know after kill -9, in SQLite: every change is durable when the call returns. One process has it open. Safe for many threads;
/// only one may change items.
/// </summary>
internal sealed class BridgeJournal : IDisposable
{
    private const string Schema =
        """
        CREATE TABLE IF NOT EXISTS items (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            model TEXT NOT NULL,
            version TEXT NOT NULL,
            prediction_id TEXT NOT NULL,
            state INTEGER NOT NULL,
            lease_id TEXT,
            lease_expires INTEGER,
            request_expires INTEGER NOT NULL,
            input TEXT NOT NULL,
            posted_at INTEGER,
            task_id TEXT,
            applied INTEGER NOT NULL,
            applied_class INTEGER NOT NULL,
            changed_at INTEGER NOT NULL,
            UNIQUE (model, version, prediction_id)
        );
        CREATE INDEX IF NOT EXISTS items_by_state ON items (state, id);
        CREATE INDEX IF NOT EXISTS items_by_task ON items (task_id) WHERE task_id IS NOT NULL;
        CREATE TABLE IF NOT EXISTS annotations (
            annotation_id TEXT PRIMARY KEY,
            item INTEGER NOT NULL REFERENCES items (id) ON DELETE CASCADE
        ) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS annotations_by_item ON annotations (item);
        CREATE TABLE IF NOT EXISTS opinions (
            annotation_id TEXT PRIMARY KEY,
            item INTEGER NOT NULL REFERENCES items (id) ON DELETE CASCADE,
            annotator TEXT NOT NULL,
            class INTEGER NOT NULL,
            taken INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS opinions_by_item ON opinions (item);
        CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        """;

    private readonly SqliteConnection _connection;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();

    private BridgeJournal(SqliteConnection connection, TimeProvider time) => (_connection, _time) = (connection, time);

    /// <summary>One that is not kept.</summary>
    public static BridgeJournal InMemory(TimeProvider time)
    {
        var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        connection.Execute(Schema);
        return new BridgeJournal(connection, time);
    }

    /// <exception cref="IOException">The file cannot be used, or another process has it open.</exception>
    public static BridgeJournal Open(string path, TimeProvider time)
    {
        var full = Path.GetFullPath(path);
        SqliteConnection? connection = null;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            if (!OperatingSystem.IsWindows() && !File.Exists(full))
            {
                // It holds the key of the inputs' addresses.
                using var created = new FileStream(full, new FileStreamOptions
                {
                    Mode = FileMode.CreateNew,
                    Access = FileAccess.Write,
                    UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                });
            }

            connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = full, Pooling = false, DefaultTimeout = 1 }.ToString());
            connection.Open();

            // Exclusive: a second bridge with this journal would create every task twice.
            connection.Execute("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;");
            connection.Execute("BEGIN EXCLUSIVE; COMMIT;");
            connection.Execute(Schema);
            return new BridgeJournal(connection, time);
        }
        catch (Exception e) when (e is SqliteException or UnauthorizedAccessException)
        {
            connection?.Dispose();
            throw new IOException(
                e is SqliteException { SqliteErrorCode: 5 } ? $"{full} is in use by another bridge." : $"The journal {full} cannot be used: {e.Message}", e);
        }
    }

    /// <summary>Enters a leased request, or the new lease of a known one. A request that was over begins anew: it is looked up
    /// before an import, because its task may still exist.</summary>
    public void Lease(IEnumerable<JournalItem> leased)
    {
        lock (_gate)
        {
            using var transaction = _connection.BeginTransaction();
            foreach (var item in leased)
            {
                _connection.Execute(
                    """
                    INSERT INTO items (
                        model, version, prediction_id, state, lease_id, lease_expires, request_expires, input, applied, applied_class, changed_at)
                    VALUES (@Model, @Version, @PredictionId, @State, @LeaseId, @LeaseExpires, @RequestExpires, @Input, @Applied, @AppliedClass, @ChangedAt)
                    ON CONFLICT (model, version, prediction_id) DO UPDATE SET
                        lease_id = excluded.lease_id, lease_expires = excluded.lease_expires, request_expires = excluded.request_expires,
                        input = excluded.input, changed_at = excluded.changed_at, applied = 0,
                        state = CASE WHEN items.state IN (3, 5, 6) THEN excluded.state ELSE items.state END
                    """,
                    JournalRow.Of(item with { ChangedAt = _time.GetUtcNow() }),
                    transaction);
            }

            transaction.Commit();
        }
    }

    /// <summary>Writes an item that was read before.</summary>
    public void Update(JournalItem item) => Update([item]);

    public void Update(IReadOnlyCollection<JournalItem> items)
    {
        if (items.Count == 0)
        {
            return;
        }

        lock (_gate)
        {
            using var transaction = _connection.BeginTransaction();
            foreach (var item in items)
            {
                _connection.Execute(
                    """
                    UPDATE items SET state = @State, lease_id = @LeaseId, lease_expires = @LeaseExpires, request_expires = @RequestExpires, input = @Input,
                        posted_at = @PostedAt, task_id = @TaskId, applied = @Applied, applied_class = @AppliedClass,
                        changed_at = @ChangedAt
                    WHERE id = @Id
                    """,
                    JournalRow.Of(item with { ChangedAt = _time.GetUtcNow() }),
                    transaction);
            }

            transaction.Commit();
        }
    }

    public JournalItem? Find(PredictionKey key) => One("model = @Model AND version = @Version AND prediction_id = @PredictionId", key);

    public JournalItem? FindById(long id) => One("id = @id", new { id });

    public JournalItem? FindByTask(string taskId) => One("task_id = @taskId", new { taskId });

    /// <summary>Items in these states, at most <paramref name="limit"/>, the oldest first, after an id.</summary>
    public IReadOnlyList<JournalItem> InState(IReadOnlyCollection<ItemState> states, long after = 0, int limit = int.MaxValue)
    {
        lock (_gate)
        {
            return
            [
                .. _connection.Query<JournalRow>(
                    $"SELECT {JournalRow.Columns} FROM items WHERE state IN @states AND id > @after ORDER BY id LIMIT @limit",
                    new { states = states.Select(s => (int)s), after, limit }).Select(r => r.Item()),
            ];
        }
    }

    public int Count(ItemState state)
    {
        lock (_gate)
        {
            return _connection.ExecuteScalar<int>("SELECT COUNT(*) FROM items WHERE state = @state", new { state = (int)state });
        }
    }

    /// <summary>Items that take up room: those that are leased, have an input, and are not over.</summary>
    public int CountLeased() => Leased("state IN (1, 2) OR (state = 4 AND input <> '')");

    /// <summary>Leased items that are held because nothing can be shown.</summary>
    public int CountWithoutInput() => Leased("state = 4 AND input = ''");

    /// <summary>Remembers which item an annotation belongs to: an event that says it was deleted names nothing else.</summary>
    /// <returns>Whether it was unknown.</returns>
    public bool Remember(string annotationId, long item)
    {
        lock (_gate)
        {
            return _connection.ExecuteScalar<long?>("SELECT item FROM annotations WHERE annotation_id = @annotationId", new { annotationId }) is null
                && _connection.Execute("INSERT INTO annotations VALUES (@annotationId, @item)", new { annotationId, item }) > 0;
        }
    }

    /// <summary>The opinions about a request that were sent, by annotation.</summary>
    public IReadOnlyDictionary<string, SentOpinion> Opinions(long item)
    {
        lock (_gate)
        {
            return _connection.Query<(string Id, string Annotator, long Class, long Taken)>(
                "SELECT annotation_id, annotator, class, taken FROM opinions WHERE item = @item", new { item })
                .ToDictionary(o => o.Id, o => new SentOpinion(o.Annotator, (int)o.Class, o.Taken != 0), StringComparer.Ordinal);
        }
    }

    public void SetOpinion(string annotationId, long item, SentOpinion opinion)
    {
        lock (_gate)
        {
            _connection.Execute(
                "INSERT OR REPLACE INTO opinions (annotation_id, item, annotator, class, taken) VALUES (@annotationId, @item, @Annotator, @Class, @taken)",
                new { annotationId, item, opinion.Annotator, opinion.Class, taken = opinion.IsTaken ? 1 : 0 });
        }
    }

    public void RemoveOpinion(string annotationId)
    {
        lock (_gate)
        {
            _connection.Execute("DELETE FROM opinions WHERE annotation_id = @annotationId", new { annotationId });
        }
    }

    /// <returns>The task that the annotation was made for; null: unknown.</returns>
    public string? TaskOf(string annotationId)
    {
        lock (_gate)
        {
            return _connection.ExecuteScalar<string?>(
                "SELECT i.task_id FROM annotations a JOIN items i ON i.id = a.item WHERE a.annotation_id = @annotationId", new { annotationId });
        }
    }

    /// <summary>Removes items that are over and have not changed since a time.</summary>
    public int Forget(DateTimeOffset before)
    {
        lock (_gate)
        {
            return _connection.Execute("DELETE FROM items WHERE state IN (3, 6) AND changed_at < @before", new { before = before.UtcTicks });
        }
    }

    public string? Fact(string name)
    {
        lock (_gate)
        {
            return _connection.ExecuteScalar<string?>("SELECT value FROM facts WHERE name = @name", new { name });
        }
    }

    public void SetFact(string name, string value)
    {
        lock (_gate)
        {
            _connection.Execute("INSERT INTO facts VALUES (@name, @value) ON CONFLICT DO UPDATE SET value = excluded.value", new { name, value });
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _connection.Dispose();
        }
    }

    private int Leased(string where)
    {
        lock (_gate)
        {
            return _connection.ExecuteScalar<int>($"SELECT COUNT(*) FROM items WHERE ({where}) AND lease_id IS NOT NULL");
        }
    }

    private JournalItem? One(string where, object arguments)
    {
        lock (_gate)
        {
            return _connection.QueryFirstOrDefault<JournalRow>($"SELECT {JournalRow.Columns} FROM items WHERE {where} ORDER BY id LIMIT 1", arguments)?.Item();
        }
    }
}
