using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Labelling;
using AccuracyMonitor.Storage.Labelling;
using static AccuracyMonitor.Storage.Tests.StoreFixture;

namespace AccuracyMonitor.Storage.Tests.Labelling;

/// <summary>Random operations in a row, each answer and the whole content compared with <see cref="QueueModel"/>.</summary>
public sealed class QueueModelTests : IDisposable
{
    private static readonly ModelKey[] Keys = [Clothing, new("clothing", "8"), new("shoes", "7")];

    private readonly StoreFixture _disk = new();
    private readonly QueueModel _model = new();
    private readonly HashSet<LabelOutcome> _seen = [];
    private DateTimeOffset _now = Start;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Thousands_of_random_operations_agree_with_the_model(int seed)
    {
        const int Steps = 1500;
        var random = new Random(seed);
        var operations = 0;
        var store = await _disk.OpenAsync(_disk.Options with { MinimumRetention = TimeSpan.FromHours(2) });
        for (var step = 0; step < Steps; step++)
        {
            _now += TimeSpan.FromSeconds(random.Next(20) == 0 ? random.Next(-600, 7200) : random.Next(0, 60));
            operations += await StepAsync(store, random);
            if (step % 100 == 99)
            {
                await CompareAsync(store);
            }

            if (step == Steps / 2)
            {
                await store.DisposeAsync();
                store = await _disk.OpenAsync(_disk.Options with { MinimumRetention = TimeSpan.FromHours(2) });
            }
        }

        await CompareAsync(store);
        await store.DisposeAsync();
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}: {operations} operations, {_model.Entries.Count} requests left");
        operations.ShouldBeGreaterThan(4000);
        // No empty success: every outcome came up that these operations can have.
        _seen.Order().ShouldBe(Enum.GetValues<LabelOutcome>().Where(o => o is not (LabelOutcome.Invalid or LabelOutcome.KeptApart)));
    }

    public void Dispose() => _disk.Dispose();

    private async Task<int> StepAsync(MonitorStore store, Random random)
    {
        switch (random.Next(20))
        {
            case < 5:
                return await EnqueueAsync(store, random);
            case < 8:
                return await LeaseAsync(store, random);
            case < 11:
                return await OnLeasesAsync(store, random);
            case < 16:
                return await CompleteAsync(store, random);
            case 16:
                return await RetractAsync(store, random);
            case < 19:
                (await store.ExpireAsync(_now)).Select(r => r.PredictionId).ShouldBe(_model.Expire(_now));
                return 1;
            default:
                var before = _now - TimeSpan.FromHours(random.Next(0, 12));
                var expected = _model.Prune(before < _now.AddHours(-2) ? before : _now.AddHours(-2));
                (await store.PruneAsync(new RetentionBounds(before), _now, 10_000)).Requests.ShouldBe(expected);
                return 1;
        }
    }

    private async Task<int> EnqueueAsync(MonitorStore store, Random random)
    {
        var requests = Enumerable.Range(0, random.Next(1, 8)).Select(_ => Request(Id(random), Key(random), _now, classes: random.Next(2, 6)) with
        {
            ExpiresAt = _now.AddMinutes(random.Next(1, 600)),
            InclusionProbability = random.NextDouble() + 1e-9,
        }).ToList();
        (await store.EnqueueAsync(requests, [])).ShouldBe(requests.Select(_model.Enqueue));
        return requests.Count;
    }

    private async Task<int> LeaseAsync(MonitorStore store, Random random)
    {
        var key = Key(random);
        var query = new LeaseQuery
        {
            MaxItems = random.Next(1, 10),
            Duration = TimeSpan.FromSeconds(random.Next(1, 1200)),
            Model = random.Next(2) == 0 ? key.Model : null,
            Version = random.Next(2) == 0 ? key.Version : null,
        };
        var leased = await store.LeaseAsync(query, _now);
        _model.Lease(query, _now, leased);
        return leased.Count;
    }

    private async Task<int> OnLeasesAsync(MonitorStore store, Random random)
    {
        var ids = Enumerable.Range(0, random.Next(1, 6)).Select(_ => LeaseId(random)).ToList();
        var extension = TimeSpan.FromSeconds(random.Next(1, 1200));
        var (results, becomes) = random.Next(3) switch
        {
            0 => (await store.ExtendAsync(ids, extension, _now), (RequestState?)null),
            1 => (await store.ReleaseAsync(ids, _now), RequestState.Waiting),
            _ => (await store.SkipAsync(ids, "blurred", _now), RequestState.Skipped),
        };
        _seen.UnionWith(results.Select(r => r.Outcome));
        results.Select(r => r.Outcome).ShouldBe(ids.Select(id => _model.OnLease(id, _now, becomes, extension)));
        return ids.Count;
    }

    private async Task<int> CompleteAsync(MonitorStore store, Random random)
    {
        var answers = Enumerable.Range(0, random.Next(1, 8)).Select(_ => new LabelAnswer
        {
            LeaseId = random.Next(2) == 0 ? LeaseId(random) : null,
            Label = random.Next(-1, 6),
            Annotator = "ann",
        }).Select(a => a.LeaseId is null ? a with { Key = Key(random), PredictionId = Id(random) } : a).ToList();
        var changes = await store.CompleteAsync(answers, _now);
        _seen.UnionWith(changes.Select(c => c.Outcome));
        changes.Select(c => (c.Outcome, c.Previous, c.Current, c.Sequence, c.PreviousState)).ShouldBe(answers.Select(_model.Complete));
        return answers.Count;
    }

    private async Task<int> RetractAsync(MonitorStore store, Random random)
    {
        var predictions = Enumerable.Range(0, random.Next(1, 5)).Select(_ => (Key(random), Id(random))).ToList();
        (await store.RetractAsync(predictions, "ann", _now)).Select(c => c.Outcome).ShouldBe(predictions.Select(p => _model.Retract(p.Item1, p.Item2)));
        return predictions.Count;
    }

    private async Task CompareAsync(MonitorStore store)
    {
        var stored = new List<RequestSummary>();
        await foreach (var request in store.RequestsSinceAsync(DateTimeOffset.MinValue, cancellation: TestContext.Current.CancellationToken))
        {
            stored.Add(request);
        }

        stored.Select(r => (r.Series.ModelKey, r.PredictionId, r.State, r.Attempts, r.Label, r.LabelSequence, r.InclusionProbability))
            .OrderBy(r => r.ToString(), StringComparer.Ordinal)
            .ShouldBe(_model.Entries
                .Select(e => (e.Request.Series.ModelKey, e.Request.PredictionId, e.State, e.Attempts, e.Label, e.Sequence, e.Request.InclusionProbability))
                .OrderBy(r => r.ToString(), StringComparer.Ordinal));
        foreach (var entry in _model.Entries.Where(e => e.History.Count > 1))
        {
            (await store.LabelHistoryAsync(entry.Request.Series.ModelKey, entry.Request.PredictionId)).Select(h => (h.Sequence, h.Label))
                .ShouldBe(entry.History);
        }

        var counts = await store.CountsAsync();
        new[] { counts.Waiting, counts.Leased, counts.Answered, counts.Skipped, counts.Expired, counts.Retracted }
            .ShouldBe(Enum.GetValues<RequestState>().Select(s => (long)_model.Entries.Count(e => e.State == s)));
    }

    private static ModelKey Key(Random random) => Keys[random.Next(Keys.Length)];

    // Few enough ids that repeats are common, and that a pruned one comes again.
    private static string Id(Random random) => $"p{random.Next(200)}";

    private string LeaseId(Random random) =>
        _model.LeaseIds.Count == 0 || random.Next(10) == 0 ? "nonsense" : _model.LeaseIds.ElementAt(random.Next(_model.LeaseIds.Count));
}
