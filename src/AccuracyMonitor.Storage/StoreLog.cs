using Microsoft.Extensions.Logging;

namespace AccuracyMonitor.Storage;

internal static partial class StoreLog
{
    [LoggerMessage(3000, LogLevel.Information, "Store {Path} opened, schema version {Version}")]
    public static partial void Opened(ILogger logger, string path, int version);

    [LoggerMessage(3001, LogLevel.Critical,
        "Store {Path} is damaged ({Reason}). It was set aside as {Quarantined}, untouched, and a fresh one is started: label requests, labels and monitors in "
            + "it are not in use")]
    public static partial void Quarantined(ILogger logger, string path, string reason, string quarantined);

    [LoggerMessage(3002, LogLevel.Warning, "Store {Path}: the search for damage was stopped after {Limit}; the rest is checked as it is read")]
    public static partial void CheckStopped(ILogger logger, string path, TimeSpan limit);

    [LoggerMessage(3003, LogLevel.Error, "Store {Path}: a transaction of {Operations} operations failed")]
    public static partial void CommitFailed(ILogger logger, Exception exception, string path, int operations);

    [LoggerMessage(3004, LogLevel.Error, "Store {Path} can't be opened again; it is tried again with the next write")]
    public static partial void ReopenFailed(ILogger logger, Exception exception, string path);

    [LoggerMessage(3005, LogLevel.Warning, "Store {Path}: the last checkpoint failed; the next start does it")]
    public static partial void CloseFailed(ILogger logger, Exception exception, string path);

    [LoggerMessage(3006, LogLevel.Warning,
        "Store {Path} can't be read ({Reason}), attempt {Attempt} of {Attempts} to open it. Nothing was changed; check the disk or the volume")]
    public static partial void OpeningFailed(ILogger logger, string path, string reason, int attempt, int attempts);

    [LoggerMessage(3007, LogLevel.Error,
        "Store {Path} was reported as damaged ({Reason}), but a second check found no damage. It stays in use; check the disk or the volume")]
    public static partial void DamageNotFoundAgain(ILogger logger, string path, string reason);

    [LoggerMessage(3008, LogLevel.Warning, "Store {Path}: what was deleted could not be erased from the files; ask again")]
    public static partial void NotErased(ILogger logger, Exception exception, string path);
}
