using System.Diagnostics;

namespace AccuracyMonitor.Storage.Tests.Crash;

/// <summary>A process that writes to a store, tells what it does, and is killed.</summary>
internal sealed class Victim : IDisposable
{
    private readonly Process _process;
    private readonly string _warmUp;

    public Victim(string directory, string databasePath, int life)
    {
        _warmUp = Directory.CreateDirectory(Path.Combine(directory, $"warm-up-{life}")).FullName;
        var program = Path.Combine(AppContext.BaseDirectory, "AccuracyMonitor.Storage.CrashVictim.dll");
        _process = Process.Start(new ProcessStartInfo(Environment.ProcessPath is { } host
            && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet", [program, databasePath, _warmUp, $"{life}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
    }

    /// <summary>Waits until the process is ready to begin, without letting it.</summary>
    public async Task ReadyAsync() => (await _process.StandardOutput.ReadLineAsync()).ShouldBe("ready");

    /// <summary>Lets it begin.</summary>
    public Task GoAsync() => _process.StandardInput.WriteLineAsync("go");

    /// <summary>Lets it begin, and returns once it has the database open.</summary>
    public async Task BeginAsync()
    {
        await GoAsync();
        (await _process.StandardOutput.ReadLineAsync()).ShouldNotBeNull().ShouldStartWith("open");
    }

    public async Task KillAsync()
    {
        _process.HasExited.ShouldBeFalse("it must die by the kill, not by an error of its own");
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Ends it with SIGKILL once it has said that a number of operations were acknowledged, and returns what it said since it began.</summary>
    public async Task<IReadOnlyList<string>> DieAtAsync(int acknowledged)
    {
        List<string> said = [];
        while (acknowledged > 0)
        {
            var line = (await _process.StandardOutput.ReadLineAsync()).ShouldNotBeNull("it must die by the kill, not by an error of its own");
            said.Add(line);
            acknowledged -= line.StartsWith('!') ? 1 : 0;
        }

        return [.. said, .. await DieAfterAsync(TimeSpan.Zero)];
    }

    /// <summary>Ends it with SIGKILL after a time, and returns what it said since it began.</summary>
    public async Task<IReadOnlyList<string>> DieAfterAsync(TimeSpan life)
    {
        var said = _process.StandardOutput.ReadToEndAsync();
        await Task.Delay(life);
        await KillAsync();
        var text = await said;
        // The last line may be cut off in the middle: then it was not said.
        return text.Split('\n').SkipLast(1).ToList();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
        Directory.Delete(_warmUp, recursive: true);
    }
}
