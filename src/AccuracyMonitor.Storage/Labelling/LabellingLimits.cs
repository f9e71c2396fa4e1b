using AccuracyMonitor.Core.Labelling;
using AccuracyMonitor.Core.Sampling;

namespace AccuracyMonitor.Storage.Labelling;

/// <summary>Bounds of what is stored. What breaks them is refused with the field, its value and the bound.</summary>
internal static class LabellingLimits
{
    public const int MaxReason = 500;
    public const int MaxAnnotator = 200;
    public const int MaxTool = 100;
    public const int MaxClassNamesVersion = 64;
    public const int MaxItems = 1000;

    /// <summary>Leases of a request that are remembered, so that an answer by one of them finds it.</summary>
    public const int MaxLeases = 20;

    /// <summary>Changes of one request's label that are kept: the first and the newest.</summary>
    public const int MaxChanges = 100;

    /// <summary>How far the clock of an annotator's tool may be ahead.</summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);
    public static readonly TimeSpan MinLease = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan MaxLease = TimeSpan.FromHours(12);

    public static string? TooLong(string field, string value, int bound) =>
        value.Length > bound ? $"{field} has {value.Length} characters, at most {bound} are kept" : null;

    public static string Cut(string value, int bound) => value.Length > bound ? value[..bound] : value;

    public static void Check(AnnotatorQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentException.ThrowIfNullOrEmpty(query.Annotator);
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Limit, MaxItems);
    }

    public static void CheckBatch<T>(IReadOnlyList<T> items, string name)
    {
        ArgumentNullException.ThrowIfNull(items, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(items.Count, MaxItems, name);
    }

    public static void CheckDuration(TimeSpan duration, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, MinLease, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(duration, MaxLease, name);
    }

    public static void Check(LeaseQuery query)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.MaxItems, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.MaxItems, MaxItems);
        CheckDuration(query.Duration, nameof(query.Duration));
        CheckAnnotator(query.Annotator);
    }

    public static void CheckAnnotator(string annotator)
    {
        if (TooLong("annotator", annotator, MaxAnnotator) is { } problem)
        {
            throw new ArgumentException(problem, nameof(annotator));
        }
    }

    /// <summary>Before they reach the writer, where a NaN would surface as a constraint of a column.</summary>
    public static void Check(IReadOnlyList<LabelRequest> requests)
    {
        ArgumentNullException.ThrowIfNull(requests);
        foreach (var request in requests)
        {
            Check(request);
        }
    }

    /// <summary>About what the requests keep in memory while they wait for the writer.</summary>
    public static long Bytes(IReadOnlyList<LabelRequest> requests) =>
        requests.Sum(r => 500L + (sizeof(char) * (long)r.InputReference.Length) + (sizeof(float) * (long)r.Probabilities.Length));

    private static void Check(LabelRequest r)
    {
        Require(r.PredictionId.Length > 0, nameof(r.PredictionId), r.PredictionId, "not empty");
        Require(r.Probabilities.Length > 0, nameof(r.Probabilities), r.Probabilities.Length, "at least one class");
        Require(r.PredictedClass >= 0
            && r.PredictedClass < r.Probabilities.Length, nameof(r.PredictedClass), r.PredictedClass, $"0 to {r.Probabilities.Length - 1}");
        Require(r.Score is >= 0 and <= 1, nameof(r.Score), r.Score, "0 to 1");
        Require(double.IsFinite(r.MonitorLogit), nameof(r.MonitorLogit), r.MonitorLogit, "finite");
        Require(double.IsFinite(r.Disagreement), nameof(r.Disagreement), r.Disagreement, "finite");
        var literal = r.Policy == SamplingPolicy.TopUncertainty;
        Require(r.InclusionProbability is >= 0 and <= 1
            && (literal || r.InclusionProbability > 0), nameof(r.InclusionProbability), r.InclusionProbability, "above 0, at most 1");
    }

    private static void Require(bool holds, string field, object value, string bound)
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException(field, value, $"Label request: {field} must be {bound}");
        }
    }
}
