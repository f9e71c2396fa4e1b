using System.Runtime.InteropServices;

namespace AccuracyMonitor.Storage.Fleet;

/// <summary>What a hub has not acknowledged yet.</summary>
/// <param name="Changes">Number of marked things.</param>
/// <param name="Oldest">The lowest change number among them; 0 if nothing is marked.</param>
/// <param name="Last">The last change number given in this database.</param>
/// <param name="IsMarking">Whether everything that is stored is still being marked, so that more is pending than is counted.</param>
/// <param name="ForgottenLost">Total number of forgotten predictions that were dropped before the hub was told about them.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct FleetBacklog(long Changes, long Oldest, long Last, bool IsMarking, long ForgottenLost);
