using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Core.Tests.Windows;

public class RecentIdsTests
{
    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 5)]
    [InlineData(7, 12)]
    [InlineData(64, 100)]
    [InlineData(100, 5_000)]
    public void Random_operations_give_what_a_dictionary_and_a_queue_give(int capacity, int distinct)
    {
        var random = new Random(capacity);

        // Half of the hashes differ only in their high bits, half only in their low ones.
        var hashes = Enumerable.Range(1, distinct).Select(i => i % 2 == 0 ? (ulong)i << 48 : (ulong)i).ToArray();
        var recent = new RecentIds(capacity);
        var oracle = new Dictionary<ulong, RecentOutcome>();
        var order = new Queue<ulong>();
        for (var step = 0; step < 20_000; step++)
        {
            var hash = hashes[random.Next(hashes.Length)];
            if (random.Next(2) == 0)
            {
                recent.TryGet(hash, out var outcome).ShouldBe(oracle.TryGetValue(hash, out var expected));
                outcome.ShouldBe(expected);
                continue;
            }

            var added = new RecentOutcome(random.NextSingle(), random.NextSingle(), random.Next(2) == 0);
            recent.Add(hash, added);
            if (!oracle.ContainsKey(hash))
            {
                if (oracle.Count == capacity)
                {
                    oracle.Remove(order.Dequeue());
                }

                order.Enqueue(hash);
            }

            oracle[hash] = added;
            recent.Count.ShouldBe(oracle.Count);
        }
    }

    [Fact]
    public void Remembering_allocates_nothing()
    {
        var recent = new RecentIds(1_000);
        void Run(ulong from, ulong to)
        {
            for (var i = from; i < to; i++)
            {
                recent.Add(i * i, new RecentOutcome(0.5f, 0.1f, true));
                recent.TryGet((i - 500) * (i - 500), out _);
            }
        }

        Run(1_000, 3_000);
        Allocations.LeastOf(i => Run(3_000 + ((ulong)i * 50_000), 53_000 + ((ulong)i * 50_000))).ShouldBe(0);
        recent.Count.ShouldBe(recent.Capacity);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(200)]
    public void Warm_changes_nothing_however_many_hashes(int count)
    {
        var recent = new RecentIds(100);
        for (var i = 0; i < 150; i++)
        {
            recent.Add((ulong)i, new RecentOutcome(i, 0, true));
        }

        recent.Warm([.. Enumerable.Range(0, count).Select(i => (ulong)i)]);

        recent.Count.ShouldBe(100);
        recent.TryGet(49, out _).ShouldBeFalse();
        recent.TryGet(50, out var oldest).ShouldBeTrue();
        oldest.ShouldBe(new RecentOutcome(50, 0, true));
    }

    [Theory]
    [InlineData(0)]
    [InlineData((1 << 24) + 1)]
    public void A_capacity_out_of_range_is_refused(int capacity) =>
        Should.Throw<ArgumentOutOfRangeException>(() => new RecentIds(capacity));
}
