using System.Globalization;

namespace AccuracyMonitor.Benchmarks.Attacks;

/// <summary>
/// A memory cgroup of its own for one process, version 1 or 2, as a container has. The runtime derives its heap limit from it, and the kernel
/// kills the process beyond it. Needs a writable cgroup file system, which usually means root.
/// </summary>
internal sealed class MemoryLimit : IDisposable
{
    private const string Unified = "/sys/fs/cgroup";
    private const string Version1 = "/sys/fs/cgroup/memory";

    private readonly string _folder;
    private readonly bool _isVersion1;

    /// <exception cref="IOException">There is no writable memory cgroup.</exception>
    /// <exception cref="UnauthorizedAccessException">There is no writable memory cgroup.</exception>
    public MemoryLimit(long bytes)
    {
        _isVersion1 = Directory.Exists(Version1);
        _folder = Path.Combine(_isVersion1 ? Version1 : Unified, $"accuracy-monitor-attack-{Environment.ProcessId}");
        Directory.CreateDirectory(_folder);
        var limit = bytes.ToString(CultureInfo.InvariantCulture);
        if (_isVersion1)
        {
            Write("memory.limit_in_bytes", limit);
            return;
        }

        Write("memory.max", limit);
        Write("memory.swap.max", "0");
    }

    /// <summary>Starts a command inside the group.</summary>
    public string[] Wrap(IEnumerable<string> command) =>
        ["/bin/sh", "-c", "echo $$ > \"$0\" && exec \"$@\"", Path.Combine(_folder, "cgroup.procs"), .. command];

    /// <summary>Most memory that the group had so far, in bytes, with sockets' buffers and page cache.</summary>
    public long Peak() => long.Parse(
        File.ReadAllText(Path.Combine(_folder, _isVersion1 ? "memory.max_usage_in_bytes" : "memory.peak")), CultureInfo.InvariantCulture);

    public void Dispose()
    {
        try
        {
            Directory.Delete(_folder);
        }
        catch (IOException)
        {
            // The kernel still lets go of the last process; an empty group costs nothing.
        }
    }

    private void Write(string file, string value) => File.WriteAllText(Path.Combine(_folder, file), value);
}
