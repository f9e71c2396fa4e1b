using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage;

/// <summary>SQLite's result codes (https://www.sqlite.org/rescode.html) as the store's exceptions.</summary>
internal static class SqliteErrors
{
    private const int Busy = 5;
    private const int Locked = 6;
    private const int ReadOnly = 8;
    private const int IoError = 10;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int NotADatabase = 26;

    // Growing the -shm file fails with this code of its own when the disk is full (os_unix.c, unixShmMap).
    private const int IoErrorShmSize = IoError | (19 << 8);

    public static bool IsDamage(Exception e) => e is SqliteException { SqliteErrorCode: Corrupt or NotADatabase };

    /// <summary>The file, or a log that a reader may not create, is not there.</summary>
    public static bool IsAbsence(SqliteException e) => e.SqliteErrorCode == CannotOpen;

    /// <summary>A read or write that failed, and may succeed later: no statement about what the file contains.</summary>
    public static bool MayPass(Exception e) =>
        e is UnconfirmedDamageException or SqliteException { SqliteErrorCode: IoError or CannotOpen } || (e is IOException and not FileNotFoundException);

    /// <summary>Errors of the file or the disk: not one statement's but everybody's.</summary>
    public static bool IsOfTheFile(Exception e) =>
        e is SqliteException { SqliteErrorCode: Busy or Locked or ReadOnly or IoError or Corrupt or Full or CannotOpen or NotADatabase };

    public static Exception Translate(Exception e, string path) => e switch
    {
        SqliteException { SqliteErrorCode: Full } or SqliteException { SqliteExtendedErrorCode: IoErrorShmSize } =>
            new StoreFullException($"No room for {path}: nothing was written ({e.Message})", e),
        SqliteException { SqliteErrorCode: Busy or Locked } =>
            new StoreLockedException($"{path} is locked by another process ({e.Message})", e),
        SqliteException { SqliteErrorCode: Corrupt or NotADatabase } =>
            new StoreDamagedException($"{path} is damaged ({e.Message})", e),
        SqliteException { SqliteErrorCode: ReadOnly or CannotOpen } =>
            new StoreException($"{path} can't be written: give the process write access to the file and its directory ({e.Message})", e),
        SqliteException => new StoreException($"{path}: {e.Message}", e),
        IOException or UnauthorizedAccessException => new StoreException($"{path} can't be read or written: {e.Message}", e),
        _ => e,
    };
}
