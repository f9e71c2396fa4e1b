namespace AccuracyMonitor.Hosting;

/// <summary>Exit statuses of every program, after sysexits.h where it has one. docs/reference/commands.md explains them to users.</summary>
public static class ExitCodes
{
    public const int Success = 0;

    /// <summary>The work failed, or its result is refused; a program could not start, or ended because of an error.</summary>
    public const int Failure = 1;

    /// <summary>EX_USAGE: the settings or arguments cannot be used.</summary>
    public const int Usage = 64;

    /// <summary>EX_DATAERR: a file cannot be read or written, or has wrong content.</summary>
    public const int DataError = 65;

    /// <summary>EX_UNAVAILABLE: no sidecar answers.</summary>
    public const int Unavailable = 69;

    /// <summary>128 + SIGINT: the user ended it.</summary>
    public const int Cancelled = 130;
}
