using AccuracyMonitor.Capture.Sinks;
using AccuracyMonitor.Hosting.Access;
using AccuracyMonitor.Hosting.Tls;
using AccuracyMonitor.Sidecar.Hosting;

namespace AccuracyMonitor.Sidecar.Tests.Hosting;

public sealed class ListenerAccessTests
{
    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", 7700, "127.0.0.1", -1, false)]
    [InlineData("0.0.0.0", "127.0.0.1", 7700, "127.0.0.1", -1, true)]
    [InlineData("0.0.0.0", "127.0.0.1", -1, "127.0.0.1", -1, false)]
    [InlineData("127.0.0.1", "0.0.0.0", -1, "127.0.0.1", -1, true)]
    [InlineData("127.0.0.1", "127.0.0.1", 7700, "0.0.0.0", 7702, true)]
    [InlineData("127.0.0.1", "127.0.0.1", 7700, "0.0.0.0", -1, false)]
    public void Tokens_pass_in_clear_where_a_port_that_is_on_listens_beyond_this_machine(
        string grpcAddress, string httpAddress, int grpcPort, string sinkAddress, int sinkPort, bool inClear)
    {
        var listen = new ListenOptions { Address = httpAddress, GrpcAddress = grpcAddress, GrpcPort = grpcPort };
        var sink = new SinkOptions { Address = sinkAddress, Port = sinkPort };
        var tokens = new AccessOptions { TokenFile = "tokens" };

        new ListenerAccess(listen, sink, tokens, new TlsOptions()).HasTokensInClear.ShouldBe(inClear);
        new ListenerAccess(listen, sink, tokens, new TlsOptions { CertificateFile = "tls.crt" }).HasTokensInClear.ShouldBeFalse();
        new ListenerAccess(listen, sink, new AccessOptions(), new TlsOptions()).HasTokensInClear.ShouldBeFalse();
    }
}
