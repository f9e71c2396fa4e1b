namespace AccuracyMonitor.Runs.Replay;

/// <summary>A replay can't go on. The message is for the person at the terminal.</summary>
/// <param name="exitCode">Of the process, as in sysexits.h.</param>
internal sealed class ReplayException(int exitCode, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>EX_USAGE: options that do not fit together.</summary>
    public const int Usage = 64;

    /// <summary>EX_DATAERR: a file that can't be used.</summary>
    public const int BadData = 65;

    /// <summary>EX_UNAVAILABLE: no sidecar answers.</summary>
    public const int Unavailable = 69;

    public int ExitCode { get; } = exitCode;
}
