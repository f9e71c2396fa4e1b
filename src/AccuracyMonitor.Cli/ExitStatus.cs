namespace AccuracyMonitor.Cli;

/// <summary>Exit statuses of every command, after sysexits.h.</summary>
internal static class ExitStatus
{
    public const int Success = 0;

    /// <summary>The work failed.</summary>
    public const int Failed = 1;

    /// <summary>EX_USAGE: an option is unknown, missing or out of range.</summary>
    public const int Usage = 64;

    /// <summary>EX_DATAERR: an input file is unreadable or has wrong content.</summary>
    public const int DataError = 65;

    /// <summary>128 + SIGINT.</summary>
    public const int Cancelled = 130;
}
