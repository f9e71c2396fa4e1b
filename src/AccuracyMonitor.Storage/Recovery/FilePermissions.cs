namespace AccuracyMonitor.Storage.Recovery;

/// <summary>Keeps other users of the machine away from the database: it holds softmax vectors, labels and the key of the sampling decisions.</summary>
internal static class FilePermissions
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Makes the file for its owner alone where it is missing, and takes the access of others from it and from the files beside it. SQLite gives
    /// those that it makes the permissions of the database.</summary>
    public static void Restrict(string database)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using (new FileStream(database, Options(FileShare.ReadWrite | FileShare.Delete)))
        {
        }

        foreach (var path in (string[])[database, $"{database}-wal", $"{database}-shm"])
        {
            try
            {
                var mode = File.GetUnixFileMode(path);
                if ((mode & Others) != UnixFileMode.None)
                {
                    File.SetUnixFileMode(path, mode & ~Others);
                }
            }
            catch (Exception e) when (e is FileNotFoundException or UnauthorizedAccessException)
            {
                // Not there, or of another owner who has decided.
            }
        }
    }

    /// <summary>Opens a file, and makes it for its owner alone where it is missing.</summary>
    public static FileStreamOptions Options(FileShare share)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = share };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        return options;
    }
}
