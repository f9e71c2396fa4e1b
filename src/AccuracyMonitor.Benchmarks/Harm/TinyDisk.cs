using System.Diagnostics;

namespace AccuracyMonitor.Benchmarks.Harm;

/// <summary>A file system of a few megabytes that can be filled.</summary>
internal sealed class TinyDisk(string path) : IAsyncDisposable
{
    public string Path { get; } = path;

    private string Filler => System.IO.Path.Combine(Path, "filler");

    /// <summary>Creates the disk; null if mounting is not permitted.</summary>
    public static async Task<TinyDisk?> MountAsync(int megabytes)
    {
        var path = Directory.CreateTempSubdirectory("am-disk-").FullName;
        if (OperatingSystem.IsLinux() && await RunAsync("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", path))
        {
            return new TinyDisk(path);
        }

        Directory.Delete(path);
        return null;
    }

    /// <summary>Fills the disk completely.</summary>
    public async Task FillAsync()
    {
        await using var filler = new FileStream(Filler, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[4096];
        try
        {
            while (true)
            {
                await filler.WriteAsync(block);
            }
        }
        catch (IOException)
        {
            // The disk is full.
        }
    }

    /// <summary>Deletes what <see cref="FillAsync"/> wrote.</summary>
    public void Free() => File.Delete(Filler);

    public async ValueTask DisposeAsync()
    {
        await RunAsync("umount", "-l", Path);
        Directory.Delete(Path);
    }

    private static async Task<bool> RunAsync(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { UseShellExecute = false, RedirectStandardError = true })!;
        await process.WaitForExitAsync();
        return process.ExitCode == 0;
    }
}
