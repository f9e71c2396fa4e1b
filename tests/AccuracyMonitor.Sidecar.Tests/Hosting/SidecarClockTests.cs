using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.V1;
using Microsoft.Extensions.Time.Testing;

namespace AccuracyMonitor.Sidecar.Tests.Hosting;

public sealed class SidecarClockTests
{
    [Fact]
    public async Task WholeSidecar_RunsOnTheClockThatItIsGiven()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2031, 5, 6, 7, 8, 9, TimeSpan.Zero));
        await using var sidecar = await TestSidecar.StartOnAsync(
            clock, "--Sampling:Budget=1", "--Sampling:Policy=Uniform", "--Labelling:RequestLifetime=20s");
        await Traffic.SendAsync(sidecar, "a", 5);
        (await StateAsync(sidecar)).Waiting.ShouldBe(5u);

        clock.Advance(TimeSpan.FromSeconds(21));
        await Eventually.TrueAsync(
            async () =>
            {
                clock.Advance(TimeSpan.FromSeconds(5));
                return (await StateAsync(sidecar)).Expired == 5;
            },
            "the requests expire on that clock");
    }

    private static async Task<QueueState> StateAsync(TestSidecar sidecar) =>
        (await sidecar.Labels.GetQueueAsync(new GetQueueRequest { Model = "m", Version = "1" })).State;
}
