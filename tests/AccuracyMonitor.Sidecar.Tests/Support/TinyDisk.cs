using System.Diagnostics;

namespace AccuracyMonitor.Sidecar.Tests.Support;

/// <summary>A file system of a few megabytes, to be filled.</summary>
internal sealed class TinyDisk(string path) : IAsyncDisposable
{
    public string Path { get; } = path;

    /// <summary>Null where mounting is not allowed.</summary>
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
