using System.Collections.Concurrent;
using System.Diagnostics;

namespace AccuracyMonitor.Rules.Tests.Support;

/// <summary>A real program, started for a test and ended with it.</summary>
internal sealed class RealProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _said = new();

    private RealProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, e) => Keep(e.Data);
        process.ErrorDataReceived += (_, e) => Keep(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Said => string.Join('\n', _said);

    public static RealProcess Start(string program, params string[] arguments) => StartIn(Environment.CurrentDirectory, program, arguments);

    public static RealProcess StartIn(string folder, string program, params string[] arguments) => new(Process.Start(new ProcessStartInfo(program, arguments)
    {
        UseShellExecute = false,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        WorkingDirectory = folder,
    })!);

    /// <summary>The command line, as its users run it.</summary>
    public static RealProcess AccuracyMonitor(params string[] arguments)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        return Start(
            "dotnet", ["exec", Path.Combine(Repository.Root, "artifacts/bin/AccuracyMonitor.Cli", configuration, "accuracy-monitor.dll"), .. arguments]);
    }

    /// <summary>Waits until the program answers on this address.</summary>
    public async Task ReadyAsync(HttpClient http, Uri address)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            _process.HasExited.ShouldBeFalse(Said);
            try
            {
                if ((await http.GetAsync(address)).IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not yet listening.
            }

            waited.Elapsed.ShouldBeLessThan(StartLimit, Said);
            await Task.Delay(50);
        }
    }

    public async Task<int> ExitedAsync(TimeSpan limit)
    {
        using var end = new CancellationTokenSource(limit);
        await _process.WaitForExitAsync(end.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _said.Enqueue(line);
        }
    }
}
