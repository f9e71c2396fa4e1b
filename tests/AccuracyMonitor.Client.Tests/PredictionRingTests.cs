namespace AccuracyMonitor.Client.Tests;

public sealed class PredictionRingTests
{
    [Fact]
    public void What_is_pushed_comes_out_in_order_and_a_full_ring_says_so()
    {
        var ring = new PredictionRing(64, 2);
        for (var i = 0; i < 64; i++)
        {
            ring.TryPush([i, -i], $"p{i}", i).ShouldBeTrue();
        }

        ring.TryPush([0, 0], "one too many", 0).ShouldBeFalse();
        var row = new float[2];
        for (var i = 0; i < 64; i++)
        {
            ring.TryPop(row, out var id, out var time).ShouldBeTrue();
            (id, time).ShouldBe(($"p{i}", (long)i));
            row.ShouldBe([i, -i]);
        }

        ring.TryPop(row, out _, out _).ShouldBeFalse();
        ring.Count.ShouldBe(0);
    }

    [Fact]
    public void A_ring_takes_the_memory_that_the_option_states_and_no_more_when_full()
    {
        PredictionRing? ring = null;
        Allocations.LeastOf(_ => ring = new PredictionRing(8192, 100)).ShouldBeLessThan((8192 * ((4 * 100) + 24)) + 2048);
        var row = new float[100];
        Allocations.LeastOf(_ =>
        {
            for (var i = 0; i < 20_000; i++)
            {
                if (!ring!.TryPush(row, "id", i))
                {
                    ring.TryDropOldest();
                }
            }
        }).ShouldBe(0);
    }

    [Fact]
    public async Task Producers_that_make_room_in_a_full_ring_lose_the_oldest_and_double_nothing()
    {
        const int Producers = 3;
        const int Each = 20_000;
        var ring = new PredictionRing(64, 2);
        var cancel = TestContext.Current.CancellationToken;
        var dropped = 0;
        var producing = Enumerable.Range(0, Producers).Select(p => Task.Run(
            () =>
            {
                for (var i = 0; i < Each; i++)
                {
                    while (!ring.TryPush([p, i], $"{p}", i))
                    {
                        Interlocked.Add(ref dropped, ring.TryDropOldest() ? 1 : 0);
                    }
                }
            },
            cancel)).ToArray();

        var last = Enumerable.Repeat(-1L, Producers).ToArray();
        var row = new float[2];
        var taken = 0;
        while (!Task.WhenAll(producing).IsCompleted || ring.Count > 0)
        {
            if (!ring.TryPop(row, out var id, out var time))
            {
                await Task.Yield();
                continue;
            }

            taken++;
            var producer = int.Parse(id);
            time.ShouldBeGreaterThan(last[producer], "each producer's own order is kept");
            last[producer] = time;
            row.ShouldBe([producer, time]);
        }

        (taken + dropped).ShouldBe(Producers * Each);
    }

    [Fact]
    public async Task Many_producers_and_one_consumer_lose_and_double_nothing()
    {
        const int Producers = 4;
        const int Each = 20_000;
        var ring = new PredictionRing(256, 3);
        var cancel = TestContext.Current.CancellationToken;
        var producing = Enumerable.Range(0, Producers).Select(p => Task.Run(
            async () =>
            {
                for (var i = 0; i < Each; i++)
                {
                    while (!ring.TryPush([p, i, p + i], $"{p}", i))
                    {
                        await Task.Yield();
                    }
                }
            },
            cancel)).ToArray();

        var next = new int[Producers];
        var row = new float[3];
        for (var taken = 0; taken < Producers * Each;)
        {
            if (!ring.TryPop(row, out var id, out var time))
            {
                await Task.Yield();
                continue;
            }

            taken++;
            var producer = int.Parse(id);
            time.ShouldBe(next[producer]++, "each producer's own order is kept");
            row.ShouldBe([producer, time, producer + time]);
        }

        await Task.WhenAll(producing);
        ring.TryPop(row, out _, out _).ShouldBeFalse();
    }
}
