using System.CommandLine;
using AccuracyMonitor.Client;
using AccuracyMonitor.Runs;
using Grpc.Core;
using Grpc.Net.Client;

namespace AccuracyMonitor.Cli.Remote;

/// <summary>The options of every command that calls a running sidecar.</summary>
/// <param name="role">That the token must have, for the help.</param>
internal sealed class SidecarOptions(string role)
{
    private readonly Option<string> _target = new("--target")
    {
        Description = "gRPC address of the sidecar: unix:///path, http://host:port or https://host:port.",
        DefaultValueFactory = _ => "http://127.0.0.1:7700",
    };

    private readonly Option<string?> _token = FileOption("--token-file", $"File with a bearer token that may {role}.", MonitorClientOptions.TokenFileVariable);

    private readonly Option<string?> _authority = FileOption(
        "--authority-file", "PEM file with the authorities trusted for https; without it, the system's.", MonitorClientOptions.AuthorityFileVariable);

    private readonly Option<string?> _certificate = FileOption(
        "--certificate-file", "PEM file with a client certificate, for a sidecar that asks for one.", MonitorClientOptions.CertificateFileVariable);

    private readonly Option<string?> _key = FileOption("--key-file", "PEM file with the key of that certificate.", MonitorClientOptions.KeyFileVariable);

    /// <summary>Adds the options to a command and makes it do the work with a channel to the sidecar.</summary>
    /// <param name="command">Gets the options.</param>
    /// <param name="work">Gives the exit status.</param>
    public void SetAction(Command command, Func<SidecarCall, CancellationToken, Task<int>> work)
    {
        command.Options.Add(_target);
        command.Options.Add(_token);
        command.Options.Add(_authority);
        command.Options.Add(_certificate);
        command.Options.Add(_key);
        command.SetAction((parsed, cancel) => RunAsync(parsed, work, cancel));
    }

    private static Option<string?> FileOption(string name, string description, string variable) =>
        new(name) { Description = $"{description} [default: ${variable}]" };

    private MonitorCredentials Credentials(ParseResult parsed)
    {
        var defaults = new MonitorClientOptions();
        return new MonitorCredentials
        {
            CertificateAuthorityFile = parsed.GetValue(_authority) ?? defaults.CertificateAuthorityFile,
            ClientCertificateFile = parsed.GetValue(_certificate) ?? defaults.ClientCertificateFile,
            ClientKeyFile = parsed.GetValue(_key) ?? defaults.ClientKeyFile,
            TokenFile = parsed.GetValue(_token) ?? defaults.TokenFile,
        };
    }

    private async Task<int> RunAsync(ParseResult parsed, Func<SidecarCall, CancellationToken, Task<int>> work, CancellationToken cancel)
    {
        var target = parsed.GetRequiredValue(_target);
        try
        {
            using var channel = MonitorChannel.Create(target, Credentials(parsed));
            return await work(new SidecarCall(channel, parsed), cancel);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Unauthenticated)
        {
            var hint = $"{e.Status.Detail} See --token-file, or --certificate-file and --key-file.";
            throw SidecarException.Of(target, new RpcException(new Status(e.StatusCode, hint)));
        }
        catch (RpcException e)
        {
            throw SidecarException.Of(target, e);
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
