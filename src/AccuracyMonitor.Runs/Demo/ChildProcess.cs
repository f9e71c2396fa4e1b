using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace AccuracyMonitor.Runs.Demo;

/// <summary>
/// A process of the demo: its output goes to a log file, its last lines are kept for the message when it dies, and it ends with the demo.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const int LastLines = 12;
    private const int SigTerm = 15;

    // Linux's numbers.
    private const int SigContinue = 18;
    private const int SigStop = 19;
    private static readonly TimeSpan DefaultPatience = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly TimeSpan _patience;
    private readonly StreamWriter _log;
    private readonly Queue<string> _last = new();
    private readonly TaskCompletionSource _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly List<(Func<string, string?> Find, TaskCompletionSource<string> Found)> _waiters = [];
    private bool _closing;
    private bool _closed;

    private ChildProcess(string name, Process process, string logPath, TimeSpan patience)
    {
        _patience = patience;
        Name = name;
        LogPath = logPath;
        _process = process;
        _log = new StreamWriter(logPath) { AutoFlush = true };
    }

    public string Name { get; }

    public string LogPath { get; }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Ends when the process does, whatever the reason.</summary>
    public Task Exited => _exited.Task;

    /// <param name="name">For messages.</param>
    /// <param name="command">Executable and its first arguments.</param>
    /// <param name="arguments">The rest.</param>
    /// <param name="logPath">Overwritten.</param>
    /// <param name="patience">How long it may take to stop when asked; default 10 s.</param>
    /// <exception cref="DemoException">It can't be started.</exception>
    public static ChildProcess Start(
        string name, IEnumerable<string> command, IEnumerable<string> arguments, string logPath, TimeSpan? patience = null)
    {
        string[] all = [.. command, .. arguments];
        var start = new ProcessStartInfo(all[0], all[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        var child = new ChildProcess(name, process, logPath, patience ?? DefaultPatience);
        process.Exited += (_, _) => child._exited.TrySetResult();
        process.OutputDataReceived += (_, e) => child.Received(e.Data);
        process.ErrorDataReceived += (_, e) => child.Received(e.Data);
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new DemoException($"The {name} could not be started ({all[0]}): {e.Message}", e);
        }

        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Waits for a line of output.</summary>
    /// <param name="find">What is wanted of a line; null when it is not the one.</param>
    /// <exception cref="DemoException">The process ended first, or the time was up.</exception>
    public async Task<string> WaitForLineAsync(Func<string, string?> find, TimeSpan timeout, CancellationToken cancel)
    {
        var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_last.Select(find).FirstOrDefault(result => result is not null) is { } early)
            {
                return early;
            }

            _waiters.Add((find, found));
        }

        await Task.WhenAny(found.Task, Exited, Task.Delay(timeout, cancel));
        cancel.ThrowIfCancellationRequested();
        return found.Task.IsCompletedSuccessfully ? await found.Task
            : HasExited ? throw await DiedAsync()
            : throw new DemoException($"The {Name} did not start within {timeout.TotalSeconds:F0} s.{LastWords()}");
    }

    /// <summary>What to say when the process ended by itself.</summary>
    public async Task<DemoException> DiedAsync()
    {
        await DrainAsync();
        return new DemoException($"The {Name} ended by itself with exit code {_process.ExitCode}.{LastWords()}");
    }

    /// <summary>Largest resident memory so far, bytes: VmHWM where /proc tells it.</summary>
    public long PeakMemory()
    {
        try
        {
            var line = File.ReadLines($"/proc/{Id}/status").FirstOrDefault(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
            if (line is not null)
            {
                return long.Parse(line["VmHWM:".Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024;
            }
        }
        catch (IOException)
        {
            // No /proc here, or the process is gone.
        }

        _process.Refresh();
        return HasExited ? 0 : _process.PeakWorkingSet64;
    }

    /// <summary>Stops it in its tracks, as a debugger or a starved machine would (Linux only).</summary>
    public void Freeze() => _ = NativeMethods.Kill(Id, SigStop);

    /// <summary>Lets it go on.</summary>
    public void Thaw() => _ = NativeMethods.Kill(Id, SigContinue);

    /// <summary>kill -9, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await Exited;
    }

    /// <summary>Asks it to stop, and makes it when it takes too long.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_closing)
            {
                return;
            }

            _closing = true;
        }

        if (!HasExited)
        {
            Ask();
            await Task.WhenAny(Exited, Task.Delay(_patience));
            if (!HasExited)
            {
                _process.Kill(entireProcessTree: true);
            }

            await Exited;
        }

        await DrainAsync();
        _process.Dispose();
        lock (_gate)
        {
            _closed = true;
            _log.Dispose();
        }
    }

    /// <summary>Its last lines may still be in the pipe; whoever inherited the pipe may hold it open for ever.</summary>
    private async Task DrainAsync() => await Task.WhenAny(_process.WaitForExitAsync(), Task.Delay(TimeSpan.FromSeconds(1)));

    /// <summary>SIGTERM. Windows has no such thing: there a process is ended by closing its input, or killed.</summary>
    internal static void AskToStop(int process)
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = NativeMethods.Kill(process, SigTerm);
        }
        else if (process == Environment.ProcessId)
        {
            Environment.Exit(0);
        }
    }

    private void Ask()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It is ending already.
        }

        AskToStop(Id);
    }

    private void Received(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            _log.WriteLine(line);
            _last.Enqueue(line);
            if (_last.Count > LastLines)
            {
                _last.Dequeue();
            }

            foreach (var (find, found) in _waiters)
            {
                if (find(line) is { } result)
                {
                    found.TrySetResult(result);
                }
            }
        }
    }

    private string LastWords()
    {
        lock (_gate)
        {
            return _last.Count == 0 ? " It printed nothing." : $" Its last lines ({LogPath}):{Environment.NewLine}{string.Join(Environment.NewLine, _last)}";
        }
    }

    private static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Kill(int process, int signal);
    }
}
