using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Labelling;
using AccuracyMonitor.Storage.Labelling;

namespace AccuracyMonitor.Storage.Tests.Labelling;

/// <summary>The queue's specification: the same rules in memory, written as plainly as can be and with no thought for speed.</summary>
internal sealed class QueueModel
{
    private readonly Dictionary<string, Entry> _leases = new(StringComparer.Ordinal);
    private long _sequence;

    public List<Entry> Entries { get; } = [];

    public IReadOnlyCollection<string> LeaseIds => _leases.Keys;

    public RequestOutcome Enqueue(LabelRequest request)
    {
        if (Find(request.Series.ModelKey, request.PredictionId) is not null)
        {
            return RequestOutcome.Existing;
        }

        Entries.Add(new Entry { Request = request });
        return RequestOutcome.Created;
    }

    /// <summary>Checks what the store leased, and takes over the ids it made.</summary>
    public void Lease(LeaseQuery query, DateTimeOffset now, IReadOnlyList<LeasedRequest> leased)
    {
        ReturnEnded(now);
        var expected = Entries
            .Where(e => e.State == RequestState.Waiting && e.Request.ExpiresAt > now)
            .Where(e => query.Model is null || string.Equals(e.Request.Series.Model, query.Model, StringComparison.Ordinal))
            .Where(e => query.Version is null || string.Equals(e.Request.Series.Version, query.Version, StringComparison.Ordinal))
            .Take(query.MaxItems)
            .ToList();
        leased.Select(l => l.Request.PredictionId).ShouldBe(expected.Select(e => e.Request.PredictionId));
        for (var i = 0; i < leased.Count; i++)
        {
            var entry = expected[i];
            (entry.State, entry.Attempts, entry.LeaseId, entry.LeaseEnds) = (RequestState.Leased, entry.Attempts + 1, leased[i].LeaseId, now + query.Duration);
            entry.LastLeaseId = entry.LeaseId;
            (leased[i].Attempt, leased[i].LeaseExpires).ShouldBe((entry.Attempts, entry.LeaseEnds));
            _leases.Add(entry.LeaseId, entry);
        }
    }

    public LabelOutcome OnLease(string leaseId, DateTimeOffset now, RequestState? becomes, TimeSpan extension)
    {
        if (!_leases.TryGetValue(leaseId, out var entry))
        {
            return LabelOutcome.NotFound;
        }

        if (entry.State == RequestState.Answered)
        {
            return LabelOutcome.AlreadyAnswered;
        }

        if (entry.State == RequestState.Skipped && becomes == RequestState.Skipped && string.Equals(entry.LastLeaseId, leaseId, StringComparison.Ordinal))
        {
            return LabelOutcome.Unchanged;
        }

        if (!string.Equals(entry.LeaseId, leaseId, StringComparison.Ordinal) || entry.LeaseEnds <= now)
        {
            return LabelOutcome.LeaseLost;
        }

        if (becomes is { } state)
        {
            entry.EndLease(state);
        }
        else
        {
            entry.LeaseEnds = now + extension;
        }

        return LabelOutcome.Ok;
    }

    public (LabelOutcome Outcome, int? Previous, int? Current, long Sequence, RequestState? PreviousState) Complete(LabelAnswer answer)
    {
        var entry = answer.LeaseId is { } id ? _leases.GetValueOrDefault(id) : Find(answer.Key, answer.PredictionId!);
        if (entry is null)
        {
            return (LabelOutcome.NotFound, null, null, 0, null);
        }

        var (previous, state) = (entry.Label, entry.State);
        if (answer.Label < 0 || answer.Label >= entry.Request.Probabilities.Length)
        {
            return (LabelOutcome.LabelOutOfRange, previous, previous, entry.Sequence, state);
        }

        if (previous == answer.Label)
        {
            return (LabelOutcome.Unchanged, previous, previous, entry.Sequence, state);
        }

        Append(entry, (int)answer.Label, RequestState.Answered);
        return (previous is null ? LabelOutcome.Ok : LabelOutcome.Replaced, previous, entry.Label, entry.Sequence, state);
    }

    public LabelOutcome Retract(ModelKey key, string predictionId)
    {
        if (Find(key, predictionId) is not { } entry || entry.State is not (RequestState.Answered or RequestState.Retracted))
        {
            return LabelOutcome.NotFound;
        }

        if (entry.State == RequestState.Retracted)
        {
            return LabelOutcome.Unchanged;
        }

        Append(entry, null, RequestState.Retracted);
        return LabelOutcome.Ok;
    }

    public IEnumerable<string> Expire(DateTimeOffset now)
    {
        ReturnEnded(now);
        var ended = Entries.Where(e => e.State == RequestState.Waiting && e.Request.ExpiresAt <= now).ToList();
        ended.ForEach(e => e.State = RequestState.Expired);
        return ended.OrderBy(e => e.Request.ExpiresAt).Select(e => e.Request.PredictionId);
    }

    public int Prune(DateTimeOffset before)
    {
        var old = Entries.Where(e => e.Request.PredictionTime < before && e.State is not (RequestState.Waiting or RequestState.Leased)).ToHashSet();
        Entries.RemoveAll(old.Contains);
        foreach (var id in _leases.Where(l => old.Contains(l.Value)).Select(l => l.Key).ToList())
        {
            _leases.Remove(id);
        }

        return old.Count;
    }

    private Entry? Find(ModelKey key, string id) => Entries.Find(
        e => e.Request.Series.ModelKey == key && string.Equals(e.Request.PredictionId, id, StringComparison.Ordinal));

    private void Append(Entry entry, int? label, RequestState state)
    {
        entry.EndLease(state);
        entry.Label = label;
        entry.Sequence = ++_sequence;
        entry.History.Add((entry.Sequence, label));
    }

    private void ReturnEnded(DateTimeOffset now)
    {
        foreach (var entry in Entries.Where(e => e.State == RequestState.Leased && e.LeaseEnds <= now))
        {
            entry.EndLease(RequestState.Waiting);
        }
    }

    internal sealed class Entry
    {
        public required LabelRequest Request { get; init; }

        public RequestState State { get; set; } = RequestState.Waiting;

        public int Attempts { get; set; }

        public string? LeaseId { get; set; }

        public string? LastLeaseId { get; set; }

        public DateTimeOffset LeaseEnds { get; set; }

        public int? Label { get; set; }

        public long Sequence { get; set; }

        public List<(long Sequence, int? Label)> History { get; } = [];

        public void EndLease(RequestState state) => (State, LeaseId, LeaseEnds) = (state, null, default);
    }
}
