using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Labelling;
using AccuracyMonitor.Storage.Fleet;
using AccuracyMonitor.Storage.Labelling;
using AccuracyMonitor.Storage.Windows;

namespace AccuracyMonitor.Storage.Tests.Fleet;

/// <summary>What a hub knows of a database: of each thing the state with the highest change number, in whatever order it came.</summary>
internal sealed class Replica
{
    private readonly Dictionary<object, FleetChange> _states = [];

    public IEnumerable<BucketRow> Buckets => _states.Values.OfType<BucketChange>().Select(b => Unnumbered(b.Bucket));

    public IEnumerable<ReportedState> Requests =>
        _states.Values.OfType<RequestChange>().Select(r => ReportedState.Of(r.Request) with { Annotator = r.Annotator });

    public IEnumerable<(ModelKey Key, string PredictionId)> Forgotten => _states.Values.OfType<ForgottenChange>().Select(f => (f.Key, f.PredictionId));

    public void Take(IEnumerable<FleetChange> page)
    {
        foreach (var change in page)
        {
            object key = change switch
            {
                BucketChange { Bucket: var b } => (b.Series, b.Snapshot.Window, b.Snapshot.Start),
                RequestChange { Request: var r } => (r.Series.ModelKey, r.PredictionId),
                ForgottenChange f => (f.Key, f.PredictionId),
                _ => throw new InvalidOperationException(change.ToString()),
            };
            if (!_states.TryGetValue(key, out var known) || known.Change < change.Change)
            {
                _states[key] = change;
            }
        }
    }

    public void Lose() => _states.Clear();

    /// <summary>Without the number of the snapshot, which means nothing outside of its database.</summary>
    public static BucketRow Unnumbered(BucketRow bucket) => bucket with { Snapshot = bucket.Snapshot with { Sequence = 0 } };
}

/// <summary>What a hub is told of a request.</summary>
internal sealed record ReportedState(SeriesKey Series, string PredictionId, RequestState Progress, int? Label, DateTimeOffset? LabelledAt, double Probability)
{
    public string? Annotator { get; init; }

    public static ReportedState Of(RequestSummary r) => new(
        r.Series, r.PredictionId, r.State == RequestState.Leased ? RequestState.Waiting : r.State, r.Label, r.LabelledAt, r.InclusionProbability);
}
