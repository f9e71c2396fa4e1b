using System.Diagnostics;

namespace AccuracyMonitor.Storage.Tests;

/// <summary>A small file system in memory: a disk that is really full, or really read-only. Skips the test where it can't be mounted.</summary>
internal sealed class TemporaryMount : IDisposable
{
    private TemporaryMount(string directory) => Directory = directory;

    public string Directory { get; }

    public static TemporaryMount Create(string parent, string options)
    {
        var directory = System.IO.Directory.CreateDirectory(Path.Combine(parent, "mount")).FullName;
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("mounting a tmpfs needs Linux");
        }

        if (Run("mount", "-t", "tmpfs", "-o", options, "tmpfs", directory) is { } problem)
        {
            Assert.Skip($"mounting a tmpfs needs root and the capability CAP_SYS_ADMIN: {problem}");
        }

        return new TemporaryMount(directory);
    }

    public void Remount(string option) => Run("mount", "-o", $"remount,{option}", Directory).ShouldBeNull();

    public void Dispose() => Run("umount", "-l", Directory);

    private static string? Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false })!;
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : error.Trim();
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return e.Message;
        }
    }
}
