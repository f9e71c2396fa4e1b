using System.Diagnostics;
using System.Text;
using AccuracyMonitor.Client;
using Grpc.Net.Client;

namespace AccuracyMonitor.Sidecar.Tests.Support;

/// <summary>The sidecar as a process of its own, to be killed, stopped and started again.</summary>
internal sealed class SidecarProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _said = new();
    private readonly Task<string> _output;
    private readonly Task<string> _errors;

    private SidecarProcess(Process process, string folder)
    {
        _process = process;
        _output = ReadAsync(process.StandardOutput);
        _errors = process.StandardError.ReadToEndAsync();
        Channel = MonitorChannel.Create($"unix://{Path.Combine(folder, "am.sock")}");
    }

    public GrpcChannel Channel { get; }

    /// <summary>All that it writes, once it has ended.</summary>
    public Task<string> OutputAsync() => _output;

    /// <summary>Waits until it has written a line with this text.</summary>
    public Task SaysAsync(string text) => Eventually.TrueAsync(() => Task.FromResult(Said().Contains(text, StringComparison.Ordinal)), $"it says '{text}'");

    public Task<string> ErrorsAsync() => _errors;

    public static SidecarProcess Start(string folder, params string[] settings)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "AccuracyMonitor.Sidecar.dll"));
        foreach (var setting in (string[])[.. TestSidecar.Settings(folder), .. settings])
        {
            start.ArgumentList.Add(setting);
        }

        return new SidecarProcess(Process.Start(start)!, folder);
    }

    /// <summary>Waits until the sidecar answers.</summary>
    public async Task ReadyAsync()
    {
        var health = new Grpc.Health.V1.Health.HealthClient(Channel);
        await Eventually.TrueAsync(
            async () =>
            {
                _process.HasExited.ShouldBeFalse(_process.HasExited ? await _errors + await _output : "");
                try
                {
                    return (await health.CheckAsync(new Grpc.Health.V1.HealthCheckRequest(), deadline: DateTime.UtcNow.AddSeconds(2))).Status
                        == Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus.Serving;
                }
                catch (Grpc.Core.RpcException)
                {
                    return false;
                }
            },
            "the sidecar answers");
    }

    public void Kill() => _process.Kill();

    public Task TerminateAsync() => SignalAsync("TERM");

    /// <summary>SIGSTOP: connected, and answering nothing.</summary>
    public Task FreezeAsync() => SignalAsync("STOP");

    public Task ThawAsync() => SignalAsync("CONT");

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString()])!;
        await kill.WaitForExitAsync();
        kill.ExitCode.ShouldBe(0);
    }

    private async Task<string> ReadAsync(StreamReader output)
    {
        while (await output.ReadLineAsync() is { } line)
        {
            lock (_said)
            {
                _said.Append(line).Append('\n');
            }
        }

        return Said();
    }

    private string Said()
    {
        lock (_said)
        {
            return _said.ToString();
        }
    }

    public async Task<int> ExitedAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
