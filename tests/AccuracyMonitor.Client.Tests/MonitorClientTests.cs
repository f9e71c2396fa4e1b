namespace AccuracyMonitor.Client.Tests;

public sealed class MonitorClientTests
{
    private static readonly MonitorClientOptions Nobody = new()
    {
        Address = "unix:///nowhere/at/all.sock",
        Model = "m",
        Version = "1",
        ClassCount = 2,
        QueueCapacity = 64,
        ResponseTimeout = TimeSpan.FromMilliseconds(200),
    };

    [Fact]
    public async Task With_no_sidecar_at_all_the_caller_goes_on_and_what_is_dropped_is_counted()
    {
        await using var client = MonitorClient.Connect(Nobody);

        var taken = Enumerable.Range(0, 1000).Count(i => client.Observe([0.5f, 0.5f], $"{i}"));

        taken.ShouldBeInRange(64, 64 * 8, "the ring's capacity, and what a connection attempt took with it");
        client.Counters.Observed.ShouldBe(1000);
        client.Counters.DroppedFull.ShouldBe(1000 - taken);
    }

    [Fact]
    public async Task A_vector_of_the_wrong_length_or_an_empty_id_is_dropped_and_counted()
    {
        await using var client = MonitorClient.Connect(Nobody);

        client.Observe([1f], "short").ShouldBeFalse();
        client.Observe([0.5f, 0.5f], "").ShouldBeFalse();
        client.Observe([0.5f, 0.5f], new string('x', 129)).ShouldBeFalse();

        client.Counters.DroppedInvalid.ShouldBe(3);
    }

    [Fact]
    public async Task Handing_over_a_prediction_allocates_nothing()
    {
        await using var client = MonitorClient.Connect(Nobody with { QueueCapacity = 1 << 14 });
        float[] row = [0.5f, 0.5f];
        client.Observe(row, "warm");
        Allocations.LeastOf(_ =>
        {
            for (var i = 0; i < 1000; i++)
            {
                client.Observe(row, "id");
            }
        }).ShouldBe(0);
    }

    [Theory]
    [InlineData("", "1", 2)]
    [InlineData("m", "", 2)]
    [InlineData("m", "1", 1)]
    [InlineData("m", "1", 10_001)]
    public void Options_out_of_range_are_refused(string model, string version, int classes)
    {
        Should.Throw<ArgumentException>(() => MonitorClient.Connect(Nobody with { Model = model, Version = version, ClassCount = classes }));
    }
}
