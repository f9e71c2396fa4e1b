using AccuracyMonitor.V1;
using Google.Protobuf.WellKnownTypes;

namespace AccuracyMonitor.Hub.Tests.Support;

/// <summary>Makes reports as a sidecar sends them.</summary>
internal sealed class ReportingSource(string instance = "pod-1")
{
    private ulong _sequence;

    public Guid Id { get; } = Guid.NewGuid();

    private ulong Epoch { get; set; } = 1;

    /// <summary>The same database, after a start of the sidecar.</summary>
    public ReportingSource Restarted()
    {
        (Epoch, _sequence) = (Epoch + 1, 0);
        return this;
    }

    public ReportRequest Next(DateTimeOffset now) => new()
    {
        SourceId = Id.ToString("D"),
        Instance = instance,
        Sent = Timestamp.FromDateTimeOffset(now),
        Epoch = Epoch,
        Sequence = ++_sequence,
        Backlog = new Backlog { Changes = 0, Age = Duration.FromTimeSpan(TimeSpan.Zero) },
    };
}

internal static class Reports
{
    public const string Model = "fashion";

    public static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    public static ReportRequest With(this ReportRequest report, params BucketSums[] buckets)
    {
        report.Series.Add(new SeriesSums { Model = Model, Version = "1", Buckets = { buckets } });
        return report;
    }

    public static ReportRequest With(this ReportRequest report, params ReportedRequest[] requests)
    {
        report.Requests.Add(requests);
        return report;
    }

    public static BucketSums Bucket(DateTimeOffset start, ulong change, int predictions, double score = 0.9) => new()
    {
        Window = Duration.FromTimeSpan(Hour),
        Width = Duration.FromTimeSpan(TimeSpan.FromMinutes(1)),
        Start = Timestamp.FromDateTimeOffset(start),
        Change = change,
        Predictions = (ulong)predictions,
        Score = predictions * score,
        ScoreSquared = predictions * score * score,
        ScoreVariance = predictions * score * (1 - score),
        Confidence = predictions * score,
        CoveredPredictions = (ulong)predictions,
        CoveredScore = predictions * score,
        CoveredScoreSquared = predictions * score * score,
    };

    public static ReportedRequest Request(string id, DateTimeOffset time, ulong change, uint? label = null) => new ReportedRequest
    {
        Model = Model,
        Version = "1",
        PredictionId = id,
        PredictionTime = Timestamp.FromDateTimeOffset(time),
        PredictedClass = 3,
        ClassCount = 10,
        Score = 0.9,
        Disagreement = 0.05,
        InclusionProbability = 0.1,
        Policy = SamplingPolicy.Mixed,
        MonitorVersion = "m1",
        Created = Timestamp.FromDateTimeOffset(time),
        Expires = Timestamp.FromDateTimeOffset(time.AddDays(7)),
        Progress = label is null ? RequestProgress.Open : RequestProgress.Labelled,
        Annotator = label is null ? "" : "ann",
        LabelledAt = label is null ? null : Timestamp.FromDateTimeOffset(time.AddMinutes(1)),
        Change = change,
    }.WithLabel(label);

    private static ReportedRequest WithLabel(this ReportedRequest request, uint? label)
    {
        if (label is { } given)
        {
            request.Label = given;
        }

        return request;
    }
}
