using System.Net.Sockets;
using AccuracyMonitor.Injector.Hosting;
using AccuracyMonitor.Injector.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace AccuracyMonitor.Injector.Tests.Hosting;

public sealed class DrainingTests
{
    [Fact]
    public async Task A_connection_is_kept_after_the_signal_to_stop_while_the_injector_must_still_answer()
    {
        var cancel = TestContext.Current.CancellationToken;
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var injector = await TestInjector.StartOnAsync(time, await FakeApiServer.StartAsync());
        var connections = 0;
        using var http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (context, stop) =>
            {
                Interlocked.Increment(ref connections);
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(context.DnsEndPoint, stop);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        (await http.GetStringAsync(new Uri(injector.Pages, "healthz"), cancel)).ShouldBe("ok\n");

        // As on SIGTERM: the host is told to stop, and the delay has not ended.
        injector.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        for (var i = 0; i < 100; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            (await http.GetStringAsync(new Uri(injector.Pages, "healthz"), cancel)).ShouldBe("ok\n");
        }

        connections.ShouldBe(1);
    }

    [Fact]
    public async Task Connections_may_be_ended_once_the_delay_is_over_and_not_before()
    {
        var time = new FakeTimeProvider();
        using var draining = new Draining(
            Options.Create(new ListenOptions { DrainDelay = TimeSpan.FromSeconds(5) }), time, NullLogger<Draining>.Instance);
        var stopping = draining.StoppingAsync(TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromSeconds(4.9));
        (draining.IsDraining, draining.DelayOver.IsCancellationRequested).ShouldBe((true, false));

        time.Advance(TimeSpan.FromSeconds(0.1));
        await stopping;
        draining.DelayOver.IsCancellationRequested.ShouldBeTrue();
    }
}
