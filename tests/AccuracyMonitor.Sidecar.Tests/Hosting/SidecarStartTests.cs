using System.Net;
using System.Net.Sockets;
using AccuracyMonitor.Sidecar.Composition;
using AccuracyMonitor.Sidecar.Tests.Support;

namespace AccuracyMonitor.Sidecar.Tests.Hosting;

/// <summary>What the program prints when it is asked, cannot start, or ends.</summary>
public sealed class SidecarStartTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("am-start-").FullName;

    [Theory]
    [InlineData("--help", "ACCURACY_MONITOR_Section__Key")]
    [InlineData("--version", "0.")]
    public async Task A_question_is_answered_and_nothing_is_started(string argument, string answer)
    {
        await using var sidecar = SidecarProcess.Start(_folder, argument);

        (await sidecar.ExitedAsync()).ShouldBe(0);
        (await sidecar.OutputAsync()).ShouldContain(answer);
        File.Exists(Path.Combine(_folder, "am.db")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_port_in_use_is_one_line()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        await using var sidecar = SidecarProcess.Start(_folder, $"--Listen:GrpcPort={port}");

        (await sidecar.ExitedAsync()).ShouldBe(1);
        (await sidecar.ErrorsAsync())
            .ShouldBe($"Cannot start: Failed to bind to address http://127.0.0.1:{port}: address already in use.{Environment.NewLine}");
        (await sidecar.OutputAsync()).ShouldNotContain("Exception");
    }

    [Fact]
    public async Task Names_that_are_no_setting_are_reported_together_with_exit_status_64()
    {
        await using var sidecar = SidecarProcess.Start(_folder, "--budget=0.02", "Sampling:Budget=0.1", "--config");

        (await sidecar.ExitedAsync()).ShouldBe(64);
        (await sidecar.ErrorsAsync()).Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries).ShouldBe(
        [
            "Invalid configuration: 'Sampling:Budget=0.1' is no setting; write --Sampling:Budget=0.1.",
            "Invalid configuration: --config has no value; write --config=FILE.",
            "Invalid configuration: --budget is no setting; do you mean --Sampling:Budget?",
        ]);
    }

    [Theory]
    [InlineData("", "Listen:Tls:KeyFile is empty; Listen:Tls:CertificateFile needs it.")]
    [InlineData("server.key", "Listen:Tls cannot be used (none.crt, server.key): ")]
    public async Task A_certificate_that_cannot_be_read_is_reported_with_its_setting(string key, string error)
    {
        await using var sidecar = SidecarProcess.Start(_folder, "--Listen:Tls:CertificateFile=none.crt", $"--Listen:Tls:KeyFile={key}");

        (await sidecar.ExitedAsync()).ShouldBe(64);
        (await sidecar.ErrorsAsync()).ShouldContain($"Invalid configuration: {error}");
    }

    [Fact]
    public async Task A_signal_while_the_sidecar_starts_ends_it_without_an_error() =>
        (await SidecarHost.RunAsync(TestSidecar.Settings(_folder), new CancellationToken(canceled: true))).ShouldBe(0);

    [Fact]
    public async Task The_end_is_logged_with_what_was_left()
    {
        await using var sidecar = SidecarProcess.Start(_folder, "--Logging:LogLevel:Default=Information");
        await sidecar.ReadyAsync();
        await sidecar.TerminateAsync();

        (await sidecar.ExitedAsync()).ShouldBe(0);
        var log = await sidecar.OutputAsync();
        log.ShouldContain("Stopping: no new calls are taken; 0 probabilities wait to be scored.");
        log.ShouldContain("Nothing was left");
        log.ShouldContain("--Logging:LogLevel:Default is given more than once; the last value applies.");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
