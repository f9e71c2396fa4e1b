namespace AccuracyMonitor.Storage;

/// <summary>How much one transaction deletes: deleted pages are overwritten, so that they all go through the log once.</summary>
internal static class BytePiece
{
    /// <summary>About.</summary>
    public const long MaxBytes = 16 * 1024 * 1024;

    /// <summary>The first rows, until they have so many bytes.</summary>
    public static List<long> Take(IEnumerable<(long Id, long Bytes)> rows, long bytes = MaxBytes)
    {
        var taken = new List<long>();
        foreach (var (id, length) in rows)
        {
            if (bytes <= 0)
            {
                break;
            }

            taken.Add(id);
            bytes -= length;
        }

        return taken;
    }
}
