using Microsoft.Extensions.Time.Testing;

namespace AccuracyMonitor.Client.Tests;

public sealed class KeepRingTests
{
    [Fact]
    public void Inputs_are_held_once_until_taken_and_the_oldest_goes_first()
    {
        var ring = new KeepRing<int>(3, TimeSpan.FromMinutes(1), new FakeTimeProvider());
        foreach (var i in Enumerable.Range(0, 4))
        {
            ring.Hold($"{i}", i);
        }

        ring.TryTake("0", out _).ShouldBeFalse();
        ring.Evicted.ShouldBe(1);
        ring.TryTake("3", out var three).ShouldBeTrue();
        three.ShouldBe(3);
        ring.TryTake("3", out _).ShouldBeFalse();
        ring.Count.ShouldBe(2);
    }

    [Fact]
    public void An_input_older_than_its_lifetime_is_gone()
    {
        var time = new FakeTimeProvider();
        var ring = new KeepRing<string>(10, TimeSpan.FromSeconds(5), time);
        ring.Hold("a", "input");
        time.Advance(TimeSpan.FromSeconds(6));

        ring.Count.ShouldBe(0, "it does not wait for the next input to leave memory once somebody asks");
        ring.TryTake("a", out _).ShouldBeFalse();
        ring.Evicted.ShouldBe(1);
    }

    [Fact]
    public void Of_inputs_of_very_different_sizes_as_many_are_held_as_the_bytes_allow()
    {
        var ring = new KeepRing<byte[]>(int.MaxValue, TimeSpan.FromMinutes(1), new FakeTimeProvider(), static i => i.Length, maxBytes: 100);
        ring.Hold("long", new byte[100]);
        foreach (var i in Enumerable.Range(0, 12))
        {
            ring.Hold($"{i}", new byte[10]);
        }

        ring.Hold("11", new byte[10]);
        ring.Hold("too long", new byte[101]);

        ring.Count.ShouldBe(10, "after a long one the short ones have the whole bound again");
        ring.TryTake("long", out _).ShouldBeFalse();
        ring.TryTake("2", out _).ShouldBeTrue();
        ring.TryTake("too long", out _).ShouldBeFalse();
        ring.Evicted.ShouldBe(4);
    }
}
