using AccuracyMonitor.Client;
using AccuracyMonitor.Sidecar.Tests.Support;

namespace AccuracyMonitor.Sidecar.Tests.Wire;

public sealed class TlsTests
{
    [Fact]
    public async Task A_certificate_nobody_signed_is_taken_with_its_file_only()
    {
        await using var sidecar = await TestSidecar.StartAsync();
        await using var front = await TlsFront.StartAsync(sidecar);
        var authorities = Path.Combine(sidecar.Folder, "ca.pem");
        await File.WriteAllTextAsync(authorities, front.CertificatePem, TestContext.Current.CancellationToken);
        var options =
            new MonitorClientOptions { Address = front.Address, Model = "m", Version = "1", ClassCount = 2, MaxReconnectDelay = TimeSpan.FromMilliseconds(50) };

        await using (var trusting = MonitorClient.Connect(options with { CertificateAuthorityFile = authorities }))
        {
            trusting.Observe([0.7f, 0.3f], "a").ShouldBeTrue();
            await Eventually.TrueAsync(() => Task.FromResult(trusting.Counters.Accepted == 1), "it arrives");
        }

        await using var wary = MonitorClient.Connect(options);
        wary.Observe([0.7f, 0.3f], "b").ShouldBeTrue();
        await Eventually.TrueAsync(() => Task.FromResult(wary.Counters.Reconnects > 2), "it is tried again");
        wary.Counters.Accepted.ShouldBe(0);
    }

    [Fact]
    public async Task A_file_without_a_certificate_is_refused_at_once()
    {
        await using var sidecar = await TestSidecar.StartAsync();
        var empty = Path.Combine(sidecar.Folder, "empty.pem");
        await File.WriteAllTextAsync(empty, "", TestContext.Current.CancellationToken);

        Should.Throw<ArgumentException>(() => Open(empty)).Message.ShouldContain(empty);
        Should.Throw<ArgumentException>(() => Open(empty + "x")).Message.ShouldContain("can't be read");

        static void Open(string file) => MonitorChannel.Create("https://localhost:1", new MonitorCredentials { CertificateAuthorityFile = file }).Dispose();
    }
}
