using System.CommandLine;
using AccuracyMonitor.Client;
using AccuracyMonitor.Evaluation.Traces;
using Grpc.Core;
using Grpc.Net.Client;

namespace AccuracyMonitor.Cli.Remote;

/// <summary>The options of every command that calls a running sidecar, and how such a command ends.</summary>
/// <param name="role">That the token must have, for the help.</param>
internal sealed class SidecarOptions(string role)
{
    private readonly Option<string> _target = new("--target")
    {
        Description = "gRPC address of the sidecar: unix:///path, http://host:port or https://host:port.",
        DefaultValueFactory = _ => "http://127.0.0.1:7700",
    };

    private readonly Option<string?> _token = new("--token-file") { Description = $"File with a bearer token that may {role}." };

    private readonly Option<string> _authority = new("--authority-file")
    {
        Description = "PEM file with the authorities trusted for https. [default: the system's]",
        DefaultValueFactory = _ => "",
    };

    /// <summary>Adds the options to a command and makes it do the work with a channel to the sidecar.</summary>
    /// <param name="command">Gets the options.</param>
    /// <param name="work">Gives the exit status.</param>
    public void SetAction(Command command, Func<SidecarCall, CancellationToken, Task<int>> work)
    {
        command.Options.Add(_target);
        command.Options.Add(_token);
        command.Options.Add(_authority);
        command.SetAction((parsed, cancel) => RunAsync(parsed, work, cancel));
    }

    private async Task<int> RunAsync(ParseResult parsed, Func<SidecarCall, CancellationToken, Task<int>> work, CancellationToken cancel)
    {
        var target = parsed.GetRequiredValue(_target);
        var error = parsed.InvocationConfiguration.Error;
        try
        {
            using var channel = MonitorChannel.Create(target, parsed.GetRequiredValue(_authority), parsed.GetValue(_token) ?? "");
            return await work(new SidecarCall(channel, parsed), cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return ExitStatus.Cancelled;
        }
        catch (RpcException e) when (cancel.IsCancellationRequested && e.StatusCode == StatusCode.Cancelled)
        {
            return ExitStatus.Cancelled;
        }
        catch (ArgumentException e)
        {
            await error.WriteLineAsync(e.Message);
            return ExitStatus.Usage;
        }
        catch (RpcException e)
        {
            await error.WriteLineAsync($"{target}: {e.StatusCode}: {e.Status.Detail}");
            return ExitStatus.Failed;
        }
        catch (TraceFileException e)
        {
            await error.WriteLineAsync(e.Message);
            return ExitStatus.DataError;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync(e.Message);
            return ExitStatus.Failed;
        }
    }
}

/// <summary>One run of a command that calls a sidecar.</summary>
/// <param name="Channel">To the sidecar.</param>
/// <param name="Parsed">What the user typed.</param>
internal sealed record SidecarCall(GrpcChannel Channel, ParseResult Parsed)
{
    public TextWriter Output => Parsed.InvocationConfiguration.Output;

    public TextWriter Error => Parsed.InvocationConfiguration.Error;

    public T Value<T>(Option<T> option) => Parsed.GetValue(option)!;
}
