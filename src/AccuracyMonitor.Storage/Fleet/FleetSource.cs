using System.Runtime.InteropServices;

namespace AccuracyMonitor.Storage.Fleet;

/// <summary>The database as a hub knows it.</summary>
/// <param name="Id">Id of the database. It is kept when a damaged database is set aside while a process runs, because the window sums of the process
/// continue.</param>
/// <param name="Epoch">Number of the connection to a hub, from 1.</param>
/// <param name="Acknowledged">The last report that the hub acknowledged; default: none was since all that is stored was to be reported.</param>
public sealed record FleetSource(Guid Id, long Epoch, ReportNumber Acknowledged);

/// <param name="Epoch">Of the connection that sent the report.</param>
/// <param name="Sequence">Of the report, from 1 in each epoch.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ReportNumber(long Epoch, long Sequence);
