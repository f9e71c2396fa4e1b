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

        taken.ShouldBe(1000, "the oldest makes room");
        client.Counters.Observed.ShouldBe(1000);
        client.Counters.DroppedFull.ShouldBeInRange(1000 - (64 * 2), 1000 - 64, "all but the ring's capacity, and what waits for a connection outside of it");
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

    [Fact]
    public async Task Whatever_is_handed_over_by_whomever_even_while_the_client_closes_nothing_is_thrown_and_all_is_counted()
    {
        const int Each = 20_000;
        var client = MonitorClient.Connect(Nobody);
        var observing = Enumerable.Range(0, 3).Select(p => Task.Run(
            () =>
            {
                var random = new Random(p);
                float[] row = [float.NaN, float.NegativeInfinity, 7];
                for (var i = 0; i < Each; i++)
                {
                    client.Observe(row.AsSpan(0, random.Next(4)), random.Next(3) == 0 ? null! : "id", DateTimeOffset.MaxValue);
                }
            },
            TestContext.Current.CancellationToken)).ToArray();
        await client.DisposeAsync();
        await Task.WhenAll(observing);

        client.Counters.Observed.ShouldBe(3 * Each);
        client.Counters.Accepted.ShouldBe(0);
        client.Counters.Dropped.ShouldBe(3 * Each);
    }

    [Fact]
    public async Task What_the_meter_says_is_what_the_counters_say_and_names_model_and_reason()
    {
        await using var client = MonitorClient.Connect(Nobody);
        client.Observe([1f], "short");
        Dictionary<string, long> seen = [];
        using var listener = new System.Diagnostics.Metrics.MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == ClientCounters.MeterName)
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            seen[$"{instrument.Name} {string.Join(' ', tags.ToArray().Select(t => t.Value))}"] = value);
        listener.Start();
        listener.RecordObservableInstruments();

        seen["accuracy_monitor.client.observed m 1"].ShouldBe(1);
        seen["accuracy_monitor.client.dropped m 1 invalid"].ShouldBe(1);
        seen["accuracy_monitor.client.dropped m 1 queue_full"].ShouldBe(0);
    }

    [Theory]
    [InlineData("unix://", false)]
    [InlineData("unix:/a/b", true)]
    [InlineData("unix:///a/b", true)]
    [InlineData("https://host:1", true)]
    [InlineData("http://host", true)]
    [InlineData("grpc://host:1", false)]
    [InlineData("host:7700", false)]
    [InlineData("", false)]
    public async Task An_address_is_a_socket_or_http_or_https(string address, bool valid)
    {
        if (valid)
        {
            await using var client = MonitorClient.Connect(Nobody with { Address = address });
        }
        else
        {
            Should.Throw<ArgumentException>(() => MonitorClient.Connect(Nobody with { Address = address })).Message.ShouldContain($"'{address}'");
            Should.Throw<ArgumentException>(() => MonitorChannel.Create(address)).Message.ShouldContain($"'{address}'");
        }
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

    [Fact]
    public void A_queue_of_more_than_a_gibibyte_is_refused_before_it_is_made()
    {
        Should.Throw<ArgumentException>(() => MonitorClient.Connect(Nobody with { QueueCapacity = 1 << 20, ClassCount = 10_000 }))
            .Message.ShouldBe("QueueCapacity is '1048576'; it must be at most 268435456 values ÷ ClassCount = 26843.");
    }
}
