namespace AccuracyMonitor.Storage.Recovery;

/// <summary>
/// Keeps a second process from the same database. SQLite itself would let two writers take turns, and each would take the other's
/// leases and buckets for its own. The operating system drops the lock when the process dies, so the file is never stale and never deleted.
/// </summary>
internal sealed class StoreLock : IDisposable
{
    private const int UnixWouldBlock = 11;
    private const int MacWouldBlock = 35;
    private const int WindowsSharingViolation = unchecked((int)0x80070020);

    private readonly FileStream _file;

    private StoreLock(FileStream file) => _file = file;

    /// <exception cref="StoreLockedException">Another process, or another store of this one, holds it.</exception>
    /// <exception cref="StoreException">The directory can't be written.</exception>
    public static StoreLock Acquire(string databasePath)
    {
        var path = databasePath + ".lock";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(databasePath)!);
            return new StoreLock(new FileStream(path, FilePermissions.Options(FileShare.None)));
        }
        catch (IOException e) when (e.HResult is UnixWouldBlock or MacWouldBlock or WindowsSharingViolation)
        {
            throw new StoreLockedException(
                $"{databasePath} is in use by another process (it holds {path}). Stop that one or set another path: two sidecars can't share a database.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"{databasePath} can't be written: give the process write access to its directory ({e.Message})", e);
        }
    }

    public void Dispose() => _file.Dispose();
}
