using System.Runtime.InteropServices;

namespace AccuracyMonitor.Storage.Fleet;

/// <summary>The database as a hub knows it.</summary>
/// <param name="Id">Of the database; kept when a damaged one is set aside within a process, whose sums go on.</param>
/// <param name="Epoch">Counts the connections, from 1.</param>
/// <param name="Acknowledged">The last report that the hub acknowledged; default: none was since all that is stored was to be reported.</param>
public sealed record FleetSource(Guid Id, long Epoch, ReportNumber Acknowledged);

/// <param name="Epoch">Of the connection that sent the report.</param>
/// <param name="Sequence">Of the report, from 1 in each epoch.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ReportNumber(long Epoch, long Sequence);
