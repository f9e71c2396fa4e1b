using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Storage.Fleet;
using AccuracyMonitor.Storage.Labelling;
using AccuracyMonitor.Storage.Windows;
using static AccuracyMonitor.Storage.Tests.StoreFixture;

namespace AccuracyMonitor.Storage.Tests.Fleet;

/// <summary>
/// Random operations, reports that are lost, come twice, come late or are acknowledged late, hubs that lose their memory, and restarts: in the end the hub
/// knows of everything what is stored, and nothing that was forgotten.
/// </summary>
public sealed class FleetModelTests : IDisposable
{
    private static readonly ModelKey[] Keys = [Clothing, new("clothing", "8"), new("shoes", "7")];

    private readonly StoreFixture _disk = new();
    private readonly Replica _hub = new();
    private readonly List<IReadOnlyList<FleetChange>> _pages = [];
    private readonly HashSet<(ModelKey, string)> _forgotten = [];
    private DateTimeOffset _now = Start;
    private int _losses;
    private long _number;
    private long _known;
    private long _acknowledged;
    private long _sequence;
    private bool _isCalm;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Replaying_the_pages_ends_in_what_is_stored(int seed)
    {
        var random = new Random(seed);
        var store = await OpenAsync();
        for (var step = 0; step < 1000; step++)
        {
            _now += TimeSpan.FromSeconds(random.Next(0, 60));

            // In the end nothing marks everything again, which would make up for a mark that was lost.
            _isCalm = step > 500;
            if (random.Next(150) == 0)
            {
                await store.DisposeAsync();
                _sequence = 0;
                store = await OpenAsync();
            }

            await (random.Next(3) == 0 ? ReportAsync(store, random) : ChangeAsync(store, random));
        }

        await DrainAsync(store);
        await CompareAsync(store);
        await store.DisposeAsync();
        _forgotten.ShouldNotBeEmpty();
        _losses.ShouldBeGreaterThan(1);
    }

    public void Dispose() => _disk.Dispose();

    private async Task<MonitorStore> OpenAsync()
    {
        var store = await _disk.OpenAsync(_disk.Options with { MinimumRetention = TimeSpan.FromHours(2) });
        await ConnectAsync(store);
        return store;
    }

    private async Task ChangeAsync(MonitorStore store, Random random)
    {
        switch (random.Next(14))
        {
            case < 4:
                var requests = Enumerable.Range(0, random.Next(1, 8)).Select(_ => Request(Id(random), Key(random), _now, classes: 4) with
                {
                    ExpiresAt = _now.AddMinutes(random.Next(1, 600)),
                    InclusionProbability = random.NextDouble() + 1e-9,
                }).ToList();
                await store.EnqueueAsync(requests, [Bucket(random)]);
                _forgotten.ExceptWith(requests.Select(r => (r.Series.ModelKey, r.PredictionId)));
                break;
            case < 8:
                LabelAnswer Answer() => new() { Key = Key(random), PredictionId = Id(random), Label = random.Next(4), Annotator = $"ann{random.Next(2)}" };
                await store.CompleteAsync([.. Enumerable.Range(0, 10).Select(_ => Answer())], _now);
                break;
            case 8:
                await store.RetractAsync([(Key(random), Id(random))], "", _now);
                break;
            case 9:
                var leases = await store.LeaseAsync(new LeaseQuery { MaxItems = 4, Duration = TimeSpan.FromMinutes(5) }, _now);
                await store.SkipAsync([.. leases.Take(2).Select(l => l.LeaseId)], "blurred", _now);
                break;
            case 10:
                await store.ExpireAsync(_now);
                await store.ReopenAsync(_now.AddMinutes(-random.Next(30)));
                break;
            case 11:
                await store.Windows.FlushBucketsAsync([Bucket(random), Bucket(random)]);
                break;
            case 12:
                var (key, id) = (Key(random), Id(random));
                await store.ForgetAsync(key, [id], _now);
                _forgotten.Add((key, id));
                break;
            default:
                await store.PruneAsync(new RetentionBounds(_now.AddHours(-2)), _now);
                break;
        }
    }

    private async Task ReportAsync(MonitorStore store, Random random)
    {
        switch (random.Next(8))
        {
            case 0:
                await store.Fleet.MarkAsync(random.Next(1, 50));
                break;
            case 1 when !_isCalm && random.Next(10) == 0:
                LoseMemory();
                break;
            case 2 when !_isCalm && random.Next(10) == 0:
                await store.Fleet.DisconnectAsync();
                await ChangeAsync(store, random);
                await ConnectAsync(store);
                break;
            case 3 when _pages.Count > 0:
                // Given up, and arrived late.
                var late = _pages[random.Next(_pages.Count)];
                if (await IsTakenAsync(store, late))
                {
                    await AcknowledgeAsync(store, late, _number);
                }

                break;
            default:
                await SendAsync(store, random);
                break;
        }
    }

    private async Task SendAsync(MonitorStore store, Random random)
    {
        var page = (await store.Fleet.NextAsync(random.Next(1, 40)))!;
        _pages.Add(page);
        if (random.Next(3) == 0 || !await IsTakenAsync(store, page))
        {
            return;
        }

        var answered = _number;
        await ChangeAsync(store, random);
        if (!_isCalm && random.Next(10) == 0)
        {
            LoseMemory();
        }

        if (random.Next(3) > 0)
        {
            await AcknowledgeAsync(store, page, answered);
        }
    }

    private void LoseMemory()
    {
        _hub.Lose();
        _pages.Clear();
        _known = 0;
        _losses++;
    }

    private async Task ConnectAsync(MonitorStore store) => _acknowledged = (await store.Fleet.ConnectAsync()).Acknowledged.Sequence;

    /// <summary>Sends a report. A hub that lacks the last one that it acknowledged takes none.</summary>
    private async Task<bool> IsTakenAsync(MonitorStore store, IReadOnlyList<FleetChange> page)
    {
        if (_known < _acknowledged)
        {
            await store.Fleet.StartOverAsync();
            _acknowledged = 0;
            return false;
        }

        _hub.Take(page);
        _known = ++_number;
        return true;
    }

    private async Task AcknowledgeAsync(MonitorStore store, IReadOnlyList<FleetChange> page, long number)
    {
        await store.Fleet.AcknowledgeAsync(page, new ReportNumber(1, number));
        _acknowledged = number;
    }

    private async Task DrainAsync(MonitorStore store)
    {
        IReadOnlyList<FleetChange> page;
        bool isTaken;
        do
        {
            while (await store.Fleet.MarkAsync(100))
            {
            }

            page = (await store.Fleet.NextAsync(100))!;
            page.Select(c => c.Change).ShouldBeInOrder();
            isTaken = await IsTakenAsync(store, page);
            if (isTaken)
            {
                await AcknowledgeAsync(store, page, _number);
            }
        }
        while (!isTaken || page.Count > 0);
        (await store.Fleet.BacklogAsync()).ShouldSatisfyAllConditions(b => b.Changes.ShouldBe(0), b => b.Oldest.ShouldBe(0), b => b.IsMarking.ShouldBeFalse());
    }

    private async Task CompareAsync(MonitorStore store)
    {
        var hubBuckets = _hub.Buckets.ToDictionary(b => (b.Series, b.Snapshot.Window, b.Snapshot.Start));
        foreach (var bucket in await store.Windows.BucketsAsync(DateTimeOffset.MinValue))
        {
            hubBuckets[(bucket.Series, bucket.Snapshot.Window, bucket.Snapshot.Start)].ShouldBe(Replica.Unnumbered(bucket));
        }

        var requests = _hub.Requests.ToDictionary(r => (r.Series.ModelKey, r.PredictionId));
        var compared = 0;
        await foreach (var stored in store.RequestsSinceAsync(DateTimeOffset.MinValue))
        {
            var annotator = stored.Label is null ? "" : (await store.LabelHistoryAsync(stored.Series.ModelKey, stored.PredictionId))[^1].Annotator;
            requests[(stored.Series.ModelKey, stored.PredictionId)].ShouldBe(ReportedState.Of(stored) with { Annotator = annotator });
            compared++;
        }

        compared.ShouldBeGreaterThan(100);
        requests.Keys.Intersect(_forgotten).ShouldBeEmpty();
    }

    private BucketRow Bucket(Random random) => new(
        new SeriesKey(Clothing.Model, Clothing.Version, random.Next(2) == 0 ? "" : "eu")
        {
            PredictedClass = random.Next(4) is > 0 and var c ? c - 2 : null,
        },
        new BucketSnapshot(
            TimeSpan.FromHours(1 + random.Next(2)), Start.AddMinutes(random.Next(60)),
            new PredictionSums { Count = random.Next(), Score = random.NextDouble() },
            ++_sequence));

    private static ModelKey Key(Random random) => Keys[random.Next(Keys.Length)];

    // Few enough that repeats are common, and that a pruned or forgotten one comes again.
    private static string Id(Random random) => $"p{random.Next(200)}";
}
