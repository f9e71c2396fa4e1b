using AccuracyMonitor.Core.Labelling;
using AccuracyMonitor.Storage.Labelling;
using static AccuracyMonitor.Storage.Tests.StoreFixture;

namespace AccuracyMonitor.Storage.Tests.Labelling;

/// <summary>Random labels, opinions, corrections and retractions by a few annotators, compared with the same rules in memory.</summary>
public sealed class OpinionModelTests : IDisposable
{
    private static readonly string[] Annotators = ["ann", "bob", "cat", "dan", ""];

    private readonly StoreFixture _disk = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (Entry Entry, int Number, string Annotator)> _leases = new(StringComparer.Ordinal);
    private readonly HashSet<(LabelOutcome, bool)> _seen = [];
    private DateTimeOffset _now = Start;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Random_operations_agree_with_the_rules(int seed)
    {
        var random = new Random(seed);
        var store = await _disk.OpenAsync();
        for (var step = 0; step < 700; step++)
        {
            _now += TimeSpan.FromSeconds(random.Next(0, 40));
            await StepAsync(store, random);
            if (step == 350)
            {
                await store.DisposeAsync();
                store = await _disk.OpenAsync();
            }

            if (step % 100 == 99)
            {
                await CompareAsync(store);
            }
        }

        await store.DisposeAsync();
        _seen.ShouldBe(
            [(LabelOutcome.Ok, true), (LabelOutcome.Unchanged, true), (LabelOutcome.Replaced, true), (LabelOutcome.LeaseLost, true),
                (LabelOutcome.Invalid, true)],
            ignoreOrder: true, "every outcome of an opinion comes up");
    }

    public void Dispose() => _disk.Dispose();

    private async Task StepAsync(MonitorStore store, Random random)
    {
        var annotator = Annotators[random.Next(Annotators.Length)];
        switch (random.Next(14))
        {
            case < 2:
                var id = $"p{_entries.Count}";
                _entries.Add(id, new Entry { Id = id, IsDoubled = random.Next(3) > 0, Created = _now });
                await store.EnqueueAsync([Request(id, created: _now) with { SecondOpinion = _entries[id].IsDoubled }], []);
                return;
            case < 4 when _entries.Count > 0:
                await LabelAsync(store, Any(random), annotator, random.Next(3));
                return;
            case < 8:
                await LeaseAsync(store, annotator, random.Next(1, 4));
                return;
            case < 11 when _leases.Count > 0:
                await AnswerAsync(store, random, random.Next(2) == 0 ? annotator : null);
                return;
            case 11 when _leases.Count > 0:
                var lease = _leases.ElementAt(random.Next(_leases.Count));
                var held = lease.Value.Entry.LeaseId == lease.Key && lease.Value.Entry.LeaseEnds > _now;
                (await store.SkipAsync([lease.Key], "", _now)).Single().Outcome.ShouldBe(held ? LabelOutcome.Ok : LabelOutcome.LeaseLost);
                if (held)
                {
                    lease.Value.Entry.Opinions[lease.Value.Number] = (null, lease.Value.Annotator, _now);
                    lease.Value.Entry.Follow(_now);
                }

                return;
            case 12 when _entries.Count > 0:
                await RetractAsync(store, Any(random), annotator);
                return;
            case 13 when annotator.Length > 0 && random.Next(6) == 0:
                await store.RetractByAsync(new AnnotatorQuery { Annotator = annotator, Since = _now.AddMinutes(-2) }, _now);
                foreach (var entry in _entries.Values)
                {
                    entry.RetractBy(annotator, _now.AddMinutes(-2), _now);
                }

                return;
            default:
                return;
        }
    }

    private async Task LabelAsync(MonitorStore store, Entry entry, string annotator, int label)
    {
        await store.CompleteAsync([new LabelAnswer { Key = Clothing, PredictionId = entry.Id, Label = label, Annotator = annotator }], _now);
        if (entry.Label?.Class != label)
        {
            entry.Label = (label, annotator, _now);
            entry.Spoke.Add(annotator);
            entry.Follow(_now);
        }
    }

    private async Task LeaseAsync(MonitorStore store, string annotator, int items)
    {
        var leased = await store.LeaseAsync(new LeaseQuery { MaxItems = items, Annotator = annotator, Duration = TimeSpan.FromMinutes(3) }, _now);
        var expected = annotator.Length == 0 ? [] : _entries.Values.Where(e => e.CanAsk(annotator, _now)).Take(items).ToList();
        leased.Where(l => l.Opinion > 1).Select(l => (l.Request.PredictionId, l.Opinion)).ShouldBe(expected.Select(e => (e.Id, e.Wanted)));
        foreach (var (lease, entry) in leased.Zip(expected))
        {
            (entry.LeaseId, entry.LeaseEnds) = (lease.LeaseId, lease.LeaseExpires);
            entry.LeaseIds.Enqueue(lease.LeaseId);
            _leases.Add(lease.LeaseId, (entry, entry.Wanted, annotator));
            if (entry.LeaseIds.Count > 20)
            {
                // Older ones are forgotten.
                _leases.Remove(entry.LeaseIds.Dequeue());
            }
        }

        // The others are labels, which are given by prediction id here.
        await store.ReleaseAsync([.. leased.Where(l => l.Opinion == 1).Select(l => l.LeaseId)], _now);
    }

    private async Task AnswerAsync(MonitorStore store, Random random, string? by)
    {
        var (leaseId, (entry, number, leaser)) = _leases.ElementAt(random.Next(_leases.Count));
        var (annotator, label) = (string.IsNullOrEmpty(by) ? leaser : by, random.Next(3));
        var change = (await store.CompleteAsync([new LabelAnswer { LeaseId = leaseId, Label = label, Annotator = by ?? "" }], _now)).Single();

        LabelOutcome expected;
        if (entry.Opinions.TryGetValue(number, out var given))
        {
            expected = given.Annotator != annotator ? LabelOutcome.LeaseLost : given.Class == label ? LabelOutcome.Unchanged : LabelOutcome.Replaced;
        }
        else
        {
            expected = entry.HasSpoken(annotator) ? LabelOutcome.Invalid : LabelOutcome.Ok;
        }

        (change.Outcome, change.IsOpinion, change.Current).ShouldBe((expected, true, entry.Label?.Class));
        _seen.Add((change.Outcome, change.IsOpinion));
        if (expected is LabelOutcome.Ok or LabelOutcome.Replaced)
        {
            entry.Opinions[number] = (label, annotator, _now);
            entry.Follow(_now);
        }
    }

    private async Task RetractAsync(MonitorStore store, Entry entry, string annotator)
    {
        var isOpinion = annotator.Length > 0 && entry.Opinions.Any(o => o.Value.Annotator == annotator);
        var change = (await store.RetractAsync([(Clothing, entry.Id)], annotator, _now)).Single();
        change.IsOpinion.ShouldBe(isOpinion);
        if (isOpinion)
        {
            entry.RemoveOpinions(annotator, DateTimeOffset.MinValue);
        }
        else if (entry.Label is not null)
        {
            entry.Spoke.Add(annotator);
            entry.Label = null;
        }

        entry.Follow(_now);
    }

    private async Task CompareAsync(MonitorStore store)
    {
        foreach (var entry in _entries.Values)
        {
            (await store.Annotators.OpinionsAsync(Clothing, entry.Id)).Select(o => (o.Number, o.Label, o.Annotator)).ShouldBe(
                entry.Opinions.OrderBy(o => o.Key).Select(o => (o.Key, o.Value.Class, o.Value.Annotator)));
            (await store.FindAsync(Clothing, entry.Id))!.Label.ShouldBe(entry.Label?.Class);
        }

        (await store.CountsAsync()).OpinionsWanted.ShouldBe(_entries.Values.Count(e => e.Wanted > 0));
    }

    private Entry Any(Random random) => _entries.ElementAt(random.Next(_entries.Count)).Value;

    private sealed class Entry
    {
        public required string Id { get; init; }

        public required bool IsDoubled { get; init; }

        public required DateTimeOffset Created { get; init; }

        public (int Class, string Annotator, DateTimeOffset At)? Label { get; set; }

        /// <summary>Who has an entry in the label's history.</summary>
        public HashSet<string> Spoke { get; } = new(StringComparer.Ordinal);

        public Dictionary<int, (int? Class, string Annotator, DateTimeOffset At)> Opinions { get; } = [];

        public int Wanted { get; private set; }

        public Queue<string> LeaseIds { get; } = new();

        public string? LeaseId { get; set; }

        public DateTimeOffset LeaseEnds { get; set; }

        public bool HasSpoken(string annotator) => Spoke.Contains(annotator) || Opinions.Any(o => o.Value.Annotator == annotator);

        public bool CanAsk(string annotator, DateTimeOffset now) => Wanted > 0 && (LeaseId is null || LeaseEnds <= now) && !HasSpoken(annotator);

        public void Follow(DateTimeOffset now)
        {
            var wanted = !IsDoubled || Label is not { Annotator.Length: > 0 } label ? 0
                : !Opinions.TryGetValue(2, out var second) ? 2
                : second.Class is { } other && other != label.Class && !Opinions.ContainsKey(3) ? 3 : 0;
            if (wanted != Wanted)
            {
                (Wanted, LeaseId) = (wanted, null);
            }
        }

        public void RemoveOpinions(string annotator, DateTimeOffset since)
        {
            foreach (var number in Opinions.Where(o => o.Value.Annotator == annotator && o.Value.At >= since).Select(o => o.Key).ToList())
            {
                Opinions.Remove(number);
            }
        }

        public void RetractBy(string annotator, DateTimeOffset since, DateTimeOffset now)
        {
            if (Label is { } label && label.Annotator == annotator && label.At >= since)
            {
                // The history names the caller.
                Spoke.Add("sidecar");
                Label = null;
            }

            RemoveOpinions(annotator, since);
            Follow(now);
        }
    }
}
