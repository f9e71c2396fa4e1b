using AccuracyMonitor.Capture.Sinks;
using CsCheck;

namespace AccuracyMonitor.Capture.Tests.Sinks;

public sealed class RecentEventsTests
{
    [Fact]
    public void An_event_is_new_once()
    {
        var recent = new RecentEvents(3);

        recent.TryAdd(1).ShouldBeTrue();
        recent.TryAdd(1).ShouldBeFalse();
        recent.TryAdd(2).ShouldBeTrue();
    }

    [Fact]
    public void The_oldest_is_forgotten_and_a_repetition_makes_none_younger()
    {
        var recent = new RecentEvents(2);
        recent.TryAdd(1);
        recent.TryAdd(2);
        recent.TryAdd(1);

        recent.TryAdd(3).ShouldBeTrue();

        recent.TryAdd(2).ShouldBeFalse();
        recent.TryAdd(1).ShouldBeTrue();
    }

    /// <summary>Compared with a list that is searched.</summary>
    [Fact]
    public void It_remembers_the_last_that_were_new_whatever_comes() =>
        Gen.Select(Gen.Int[1, 8], Gen.ULong[0, 12].Array[0, 200]).Sample((capacity, identities) =>
    {
        var (recent, remembered) = (new RecentEvents(capacity), new List<ulong>());
        foreach (var identity in identities)
        {
            var isNew = !remembered.TakeLast(capacity).Contains(identity);
            recent.TryAdd(identity).ShouldBe(isNew);
            if (isNew)
            {
                remembered.Add(identity);
            }
        }
    });
}
