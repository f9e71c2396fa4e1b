namespace AccuracyMonitor.Hosting;

/// <summary>Exit statuses of every program.</summary>
public static class ExitCodes
{
    /// <summary>The program could not start, or ended because of an error.</summary>
    public const int Failure = 1;

    /// <summary>The settings or arguments cannot be used (EX_USAGE of sysexits.h).</summary>
    public const int Usage = 64;
}
