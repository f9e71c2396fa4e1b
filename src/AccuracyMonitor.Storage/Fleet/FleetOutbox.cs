namespace AccuracyMonitor.Storage.Fleet;

/// <summary>
/// What the hub has not been told yet. Each thing that has changed since the hub acknowledged it has a mark; there is no log of events. So several changes
/// of one thing are reported once, a report can be sent again, and the backlog is bounded by what is stored. Nothing is marked before
/// <see cref="ConnectAsync"/>. Reached through <see cref="MonitorStore.Fleet"/>, whose remarks hold here too. For one caller at a time.
/// </summary>
/// <remarks>
/// Retention deletes marks with the rows that they are on. Forgotten predictions wait in a table of their own, the newest 100,000 of them.
/// </remarks>
public sealed class FleetOutbox
{
    private readonly StoreEngine _engine;
    private FleetSource? _source;
    private long _highest;

    internal FleetOutbox(StoreEngine engine) => _engine = engine;

    /// <summary>
    /// From now on changes are marked. All that is stored is to be marked too (<see cref="MarkAsync"/>), unless the database was connected until now.
    /// Call it again when <see cref="NextAsync"/> returns null.
    /// </summary>
    public async Task<FleetSource> ConnectAsync(CancellationToken cancellation = default)
    {
        var (known, highest) = (_source, _highest);
        return _source = await _engine.WriteAsync(c => FleetSources.Connect(c, known, highest), 0, cancellation);
    }

    /// <summary>Changes are no longer marked from now on, except forgotten predictions, which a later hub must delete. The source keeps its id, because the
    /// hub would otherwise count the same sums twice.</summary>
    public async Task DisconnectAsync(CancellationToken cancellation = default)
    {
        if (await _engine.ReadAsync(FleetSources.IsConnected, cancellation))
        {
            await _engine.WriteAsync(FleetSources.Disconnect, 0, cancellation);
        }
    }

    /// <summary>Marks a part of what is stored, if all of it must be marked.</summary>
    /// <param name="limit">Bound of the work of one call, 1–10,000.</param>
    /// <returns>Whether there is more.</returns>
    public Task<bool> MarkAsync(int limit = 1000, CancellationToken cancellation = default)
    {
        StoreLimit.Check(limit, 10_000);
        return _engine.WriteAsync(c => FleetMarking.Mark(c, limit), 0, cancellation);
    }

    /// <summary>The present state of what is marked, in the order of change numbers. It is returned again until it is acknowledged.</summary>
    /// <param name="limit">1–10,000.</param>
    /// <returns>Null if this database has no source, because the one before was set aside.</returns>
    public async Task<IReadOnlyList<FleetChange>?> NextAsync(int limit, CancellationToken cancellation = default)
    {
        StoreLimit.Check(limit, 10_000);
        var page = await _engine.ReadAsync(c => FleetSources.IsConnected(c) ? FleetPages.Next(c, limit) : null, cancellation);
        _highest = Math.Max(_highest, page is { Count: > 0 } ? page[^1].Change : 0);
        return page;
    }

    /// <summary>Removes the marks, except of what has changed since it was read.</summary>
    /// <param name="changes">What the report had, and what the hub will never take.</param>
    /// <param name="report">That the hub has acknowledged. Later reports name it: a hub that lacks it was set back.</param>
    public Task AcknowledgeAsync(IReadOnlyList<FleetChange> changes, ReportNumber report, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(changes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(changes.Count, 10_000, nameof(changes));
        var acknowledged = changes.ToArray();

        // In one transaction: marks that were removed without the number would be missed by a hub that is set back next.
        return _engine.WriteAsync(
            c =>
            {
                FleetPages.Acknowledge(c, acknowledged);
                FleetSources.Acknowledged(c, report);
                return true;
            },
            100L * acknowledged.Length,
            cancellation);
    }

    /// <summary>The hub lacks what it had acknowledged: all that is stored is to be marked again (<see cref="MarkAsync"/>).</summary>
    public Task StartOverAsync(CancellationToken cancellation = default) => _engine.WriteAsync(FleetSources.StartOver, 0, cancellation);

    /// <summary>A change number for something that is reported and not stored here.</summary>
    public async Task<long> NextChangeAsync(CancellationToken cancellation = default) =>
        _highest = Math.Max(_highest, await _engine.WriteAsync(FleetSources.NextChange, 0, cancellation));

    public Task<FleetBacklog> BacklogAsync(CancellationToken cancellation = default) => _engine.ReadAsync(FleetPages.Backlog, cancellation);
}
