using System.Runtime.InteropServices;

namespace AccuracyMonitor.Storage.Fleet;

/// <summary>What a hub has not acknowledged yet.</summary>
/// <param name="Changes">Things that are marked.</param>
/// <param name="Oldest">The lowest change number among them; 0: there are none.</param>
/// <param name="Last">The last change number given in this database.</param>
/// <param name="IsMarking">All that is stored is still being marked, so there is more than what is counted.</param>
/// <param name="ForgottenLost">Forgotten predictions that were dropped without the hub having been told of them, ever.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct FleetBacklog(long Changes, long Oldest, long Last, bool IsMarking, long ForgottenLost);
