namespace AccuracyMonitor.Hosting;

/// <summary>Reads small text files that settings name, so that a wrong path never takes the memory of a large file.</summary>
public static class BoundedFile
{
    /// <summary>Bytes of a file at most: 1 MiB.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <exception cref="IOException">The file can't be read, or has more than <see cref="MaxBytes"/> bytes.</exception>
    public static string ReadText(string path)
    {
        using var file = new StreamReader(path);
        return file.BaseStream is { CanSeek: true, Length: > MaxBytes and var length }
            ? throw new IOException($"'{path}' has {length} bytes; it may have at most {MaxBytes}.")
            : file.ReadToEnd();
    }
}
