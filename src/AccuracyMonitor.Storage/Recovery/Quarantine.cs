using System.Globalization;

namespace AccuracyMonitor.Storage.Recovery;

/// <summary>Sets damaged files aside by renaming them. Nothing is copied, changed or deleted, and a name in use is never taken.</summary>
internal static class Quarantine
{
    private static readonly string[] Suffixes = ["", "-wal", "-shm", "-journal"];

    /// <summary>Moves the database with its log, so that the set can still be opened or repaired under the new name, which is returned.</summary>
    public static string Database(string path, DateTimeOffset now) => Move(path, Suffixes, now);

    /// <summary>Moves the log alone; the database goes on without it. Returns the log's new name.</summary>
    public static string Log(string path, DateTimeOffset now) => Move(path, ["-wal", "-shm"], now) + "-wal";

    private static string Move(string path, string[] suffixes, DateTimeOffset now)
    {
        var stem = $"{path}.damaged-{now.UtcDateTime.ToString("yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture)}";
        var target = stem;
        for (var i = 2; Suffixes.Any(s => FileInspection.Exists(target + s)); i++)
        {
            target = $"{stem}-{i}";
        }

        try
        {
            foreach (var suffix in suffixes.Where(s => FileInspection.Exists(path + s)))
            {
                File.Move(path + suffix, target + suffix, overwrite: false);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"{path} is damaged and can't be set aside as {target}: {e.Message}", e);
        }

        return target;
    }
}
