namespace AccuracyMonitor.Runs.Replay;

/// <summary>Runs a sidecar within this process.</summary>
/// <param name="settings">As on its command line.</param>
/// <param name="stop">Asks it to end.</param>
/// <returns>Its exit status.</returns>
internal delegate Task<int> SidecarProgram(string[] settings, CancellationToken stop);
