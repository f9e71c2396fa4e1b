namespace AccuracyMonitor.Storage.Fleet;

/// <summary>The database as a hub knows it.</summary>
/// <param name="Id">Of the database; kept when a damaged one is set aside within a process, whose sums go on.</param>
/// <param name="Epoch">Counts the connections, from 1.</param>
/// <param name="Generation">What the hub named itself last; empty: it has not yet.</param>
public sealed record FleetSource(Guid Id, long Epoch, string Generation);
