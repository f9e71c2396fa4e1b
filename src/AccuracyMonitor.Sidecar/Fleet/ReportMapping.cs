using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Storage.Fleet;
using AccuracyMonitor.Storage.Labelling;
using AccuracyMonitor.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using RequestState = AccuracyMonitor.Core.Labelling.RequestState;

namespace AccuracyMonitor.Sidecar.Fleet;

/// <summary>Reports and answers, as they go on the wire.</summary>
internal static class ReportMapping
{
    /// <summary>More than the head of a report takes.</summary>
    private const int HeadBytes = 2048;

    public static ReportRequest ToWire(HubReport report, WindowPlan windows)
    {
        var request = ToWire(report.Piece, windows);
        request.SourceId = report.Source.ToString();
        request.Instance = report.Instance;
        request.Sent = report.Sent.ToTimestamp();
        (request.AcknowledgedEpoch, request.AcknowledgedSequence) = ((ulong)report.Acknowledged.Epoch, (ulong)report.Acknowledged.Sequence);
        (request.Epoch, request.Sequence) = ((ulong)report.Number.Epoch, (ulong)report.Number.Sequence);
        request.Backlog = new Backlog { Changes = (ulong)report.Left, Age = Duration.FromTimeSpan(report.Oldest) };
        return request;
    }

    public static HubAnswer FromWire(ReportResponse response) => new(
        (long)Math.Min(response.RefusedCount, long.MaxValue),
        response.Refused.Count == 0 ? "" : $"{response.Refused[0].Field}: {response.Refused[0].Reason}");

    /// <summary>The hub lacks what it had acknowledged.</summary>
    public static bool HasLostReports(RpcException refusal) => refusal.StatusCode == StatusCode.FailedPrecondition
        && refusal.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason is "REPORTS_LOST";

    /// <summary>Bytes of a report with this piece, at most.</summary>
    public static int SizeOf(ReportPiece piece, WindowPlan windows) => HeadBytes + ToWire(piece, windows).CalculateSize();

    private static ReportRequest ToWire(ReportPiece piece, WindowPlan windows)
    {
        var request = new ReportRequest { Models = { piece.Models.Select(ToWire) } };
        foreach (var buckets in piece.Changes.OfType<BucketChange>().GroupBy(static b => b.Bucket.Series))
        {
            var series = new SeriesSums { Model = buckets.Key.Model, Version = buckets.Key.Version, Segment = buckets.Key.Segment };
            if (buckets.Key.PredictedClass is { } predicted)
            {
                series.PredictedClass = predicted;
            }

            series.Buckets.AddRange(buckets.Select(b => ToWire(b, windows)));
            request.Series.Add(series);
        }

        request.Requests.AddRange(piece.Changes.OfType<RequestChange>().Select(ToWire));
        request.Forgotten.AddRange(piece.Changes.OfType<ForgottenChange>().Select(static f => new ForgottenPrediction
        {
            Model = f.Key.Model,
            Version = f.Key.Version,
            PredictionId = f.PredictionId,
            Change = (ulong)f.Change,
        }));
        return request;
    }

    private static BucketSums ToWire(BucketChange change, WindowPlan windows)
    {
        var (bucket, sums) = (change.Bucket.Snapshot, change.Bucket.Snapshot.Sums);
        return new BucketSums
        {
            Window = Duration.FromTimeSpan(bucket.Window),
            Width = Duration.FromTimeSpan(windows.BucketWidth(bucket.Window, change.Bucket.Series)),
            Start = bucket.Start.ToTimestamp(),
            Change = (ulong)change.Change,
            Predictions = (ulong)sums.Count,
            Score = sums.Score,
            ScoreSquared = sums.ScoreSquared,
            ScoreVariance = sums.ScoreVariance,
            Confidence = sums.Confidence,
            CoveredPredictions = (ulong)sums.CoveredCount,
            CoveredScore = sums.CoveredScore,
            CoveredScoreSquared = sums.CoveredScoreSquared,
            Requested = (ulong)sums.Requested,
        };
    }

    private static ReportedModel ToWire(ModelReport model) => new()
    {
        Model = model.Key.Model,
        Version = model.Key.Version,
        ClassCount = (uint)model.ClassCount,
        MonitorVersion = model.MonitorVersion,
        MonitorValid = model.MonitorValid,
        MeanScoreStandardError = model.MeanScoreStandardError,
        Change = (ulong)model.Change,
    };

    private static ReportedRequest ToWire(RequestChange change)
    {
        var request = change.Request;
        var wire = new ReportedRequest
        {
            Model = request.Series.Model,
            Version = request.Series.Version,
            Segment = request.Series.Segment,
            PredictionId = request.PredictionId,
            PredictionTime = request.PredictionTime.ToTimestamp(),
            PredictedClass = (uint)request.PredictedClass,
            ClassCount = (uint)request.ClassCount,
            Score = request.Score,
            Disagreement = request.Disagreement,
            InclusionProbability = request.InclusionProbability,
            Policy = (SamplingPolicy)request.Policy,
            UniformSample = request.UniformSample,
            MonitorVersion = request.MonitorVersion,
            Created = request.CreatedAt.ToTimestamp(),
            Expires = request.ExpiresAt.ToTimestamp(),
            Progress = Progress(request),
            Change = (ulong)change.Change,
        };
        if (request.Label is { } label)
        {
            wire.Label = (uint)label;
            wire.Annotator = change.Annotator;
            wire.LabelledAt = request.LabelledAt?.ToTimestamp();
        }

        return wire;
    }

    /// <summary>A label that was taken back leaves the request unanswered: it is in no queue.</summary>
    private static RequestProgress Progress(RequestSummary request) => request.State switch
    {
        RequestState.Waiting or RequestState.Leased => RequestProgress.Open,
        RequestState.Answered => RequestProgress.Labelled,
        _ => RequestProgress.Unanswered,
    };
}
