using System.Runtime.InteropServices;
using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Hub.Fleet;

/// <summary>A sidecar's report after its checks. It holds one state of each thing.</summary>
internal sealed record SourceReport
{
    public required ReportSender Sender { get; init; }

    public required ReportNumber Number { get; init; }

    /// <summary>Of the last report that was acknowledged; default: none.</summary>
    public required ReportNumber Acknowledged { get; init; }

    public required TimeSpan Skew { get; init; }

    public required long BacklogChanges { get; init; }

    public required TimeSpan BacklogAge { get; init; }

    public required IReadOnlyList<ReportedBucket> Buckets { get; init; }

    public required IReadOnlyList<ReportedDecision> Requests { get; init; }

    public required IReadOnlyList<ForgottenReport> Forgotten { get; init; }

    public required IReadOnlyList<ReportedMonitor> Models { get; init; }
}

/// <param name="Source">Id of the sidecar's database.</param>
/// <param name="Owner">Subject of the caller.</param>
/// <param name="Instance">A name of the sidecar for people, such as its pod.</param>
internal sealed record ReportSender(Guid Source, string Owner, string Instance);

/// <summary>Orders the reports of one source: by the epoch, then by the sequence.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ReportNumber(long Epoch, long Sequence)
{
    public bool IsBefore(ReportNumber other) => Epoch < other.Epoch || (Epoch == other.Epoch && Sequence < other.Sequence);

    public override string ToString() => $"{Epoch}.{Sequence}";
}

/// <summary>A prediction of which nothing may be kept that was known before <paramref name="Change"/>.</summary>
internal sealed record ForgottenReport(ModelKey Model, string PredictionId, long Change);

/// <param name="Change">Orders the states of the bucket within its source.</param>
/// <param name="Sums">Their number of requests is not used: requests are counted from their own rows.</param>
internal sealed record ReportedBucket(SeriesKey Series, BucketPlace Place, long Change, PredictionSums Sums);

/// <summary>Which bucket of which window.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct BucketPlace(TimeSpan Window, TimeSpan Width, DateTimeOffset Start);

/// <summary>What a source says about a model version.</summary>
internal sealed record ReportedMonitor(ModelKey Model, int ClassCount, long Change)
{
    public required string MonitorVersion { get; init; }

    public required bool MonitorValid { get; init; }

    public required double MeanScoreStandardError { get; init; }
}

/// <summary>A label request with what has become of it.</summary>
internal sealed record ReportedDecision
{
    /// <summary>The series of its segment; never that of a predicted class.</summary>
    public required SeriesKey Series { get; init; }

    public required string PredictionId { get; init; }

    public required DateTimeOffset PredictionTime { get; init; }

    public required int PredictedClass { get; init; }

    public required int ClassCount { get; init; }

    public required double Score { get; init; }

    public required double Disagreement { get; init; }

    public required double InclusionProbability { get; init; }

    public required int Policy { get; init; }

    public required bool UniformSample { get; init; }

    public required string MonitorVersion { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>1 open, 2 labelled, 3 unanswered.</summary>
    public required int Progress { get; init; }

    public required int? Label { get; init; }

    public required string Annotator { get; init; }

    public required DateTimeOffset? LabelledAt { get; init; }

    public required long Change { get; init; }
}
