using AccuracyMonitor.Capture.Bodies;
using Microsoft.Extensions.Time.Testing;

namespace AccuracyMonitor.Capture.Tests.Bodies;

public sealed class InputRingTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_body_comes_out_as_it_went_in_and_is_charged_until_it_is_released()
    {
        var ring = new InputRing(new CaptureInputOptions(true, 10_000, TimeSpan.FromMinutes(1)), _time);
        var held = ring.Begin()!;
        held.Append([1, 2, 3]);
        held.Append([]);
        held.Append([4]);

        held.Take()!.ShouldBe([1, 2, 3, 4]);
        ring.Bytes.ShouldBe(3 * 64 + 4);
        held.Append([5]);
        held.Release();
        held.Release();

        ring.Bytes.ShouldBe(0);
        held.Take().ShouldBeNull();
    }

    [Fact]
    public void Beyond_the_bound_the_oldest_goes_first()
    {
        var ring = new InputRing(new CaptureInputOptions(true, 10_000, TimeSpan.FromMinutes(1)), _time);
        var bodies = Enumerable.Range(0, 8).Select(_ => ring.Begin()!).ToArray();
        foreach (var body in bodies)
        {
            body.Append(new byte[2000]);
            ring.Bytes.ShouldBeLessThanOrEqualTo(10_000);
        }

        bodies.Select(b => b.Take() is null).ShouldBe([true, true, true, true, false, false, false, false]);
        bodies[0].Loss.ShouldBe(InputLoss.RingOverrun);
    }

    /// <summary>What is being read can't be given up, and so the new one is.</summary>
    [Fact]
    public void Bodies_that_were_taken_leave_no_room_for_others()
    {
        var ring = new InputRing(new CaptureInputOptions(true, 10_000, TimeSpan.FromMinutes(1)), _time);
        for (var i = 0; i < 4; i++)
        {
            var taken = ring.Begin()!;
            taken.Append(new byte[2300]);
            taken.Take().ShouldNotBeNull();
        }

        var late = ring.Begin()!;
        late.Append(new byte[2000]);

        late.Take().ShouldBeNull();
        ring.Bytes.ShouldBeLessThanOrEqualTo(10_000);
    }

    [Fact]
    public void One_body_has_a_quarter()
    {
        var ring = new InputRing(new CaptureInputOptions(true, 10_000, TimeSpan.FromMinutes(1)), _time);
        var held = ring.Begin()!;
        held.Append(new byte[2000]);
        held.Append(new byte[1000]);

        held.Take().ShouldBeNull();
        held.Loss.ShouldBe(InputLoss.TooLarge);
        ring.Bytes.ShouldBe(0);
    }

    [Fact]
    public void An_old_body_goes_when_another_comes()
    {
        var ring = new InputRing(new CaptureInputOptions(true, 10_000, TimeSpan.FromMinutes(1)), _time);
        var old = ring.Begin()!;
        old.Append([1]);
        _time.Advance(TimeSpan.FromSeconds(61));

        var young = ring.Begin()!;

        old.Take().ShouldBeNull();
        young.Append([2]);
        young.Take()!.ShouldBe([2]);
    }

    [Fact]
    public void Switched_off_nothing_is_held() => new InputRing(new CaptureInputOptions(false, 10_000, TimeSpan.FromMinutes(1)), _time).Begin().ShouldBeNull();

    [Fact]
    public void Many_at_once_never_exceed_the_bound_and_leave_nothing_behind()
    {
        var ring = new InputRing(new CaptureInputOptions(true, 100_000, TimeSpan.FromMinutes(1)), TimeProvider.System);
        Parallel.For(0, 2000, i =>
        {
            var held = ring.Begin()!;
            for (var piece = 0; piece < i % 9; piece++)
            {
                held.Append(new byte[i % 700]);
            }

            ring.Bytes.ShouldBeLessThanOrEqualTo(100_000);
            if (held.Take() is { } body)
            {
                body.Length.ShouldBe(i % 9 * (i % 700));
            }

            held.Release();
        });

        ring.Bytes.ShouldBe(0);
    }
}
