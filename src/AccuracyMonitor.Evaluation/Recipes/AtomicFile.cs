namespace AccuracyMonitor.Evaluation.Recipes;

/// <summary>Writes a file completely or not at all.</summary>
internal static class AtomicFile
{
    /// <exception cref="ArgumentException">It would overwrite one that it was made of.</exception>
    public static async Task WriteAsync(string path, byte[] bytes, CancellationToken cancel, params string[] madeOf)
    {
        if (madeOf.FirstOrDefault(m => Path.GetFullPath(m) == Path.GetFullPath(path)) is { } input)
        {
            throw new ArgumentException($"--output is {input}, which it is made of; it must be another file.");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var unfinished = $"{path}.{Environment.ProcessId}.unfinished";
        try
        {
            await File.WriteAllBytesAsync(unfinished, bytes, cancel);
            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }
}
