using AccuracyMonitor.Core.Labelling;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Storage.Labelling;
using AccuracyMonitor.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using RequestState = AccuracyMonitor.Core.Labelling.RequestState;
using WireState = AccuracyMonitor.V1.RequestState;

namespace AccuracyMonitor.Sidecar.Labelling;

/// <summary>Lists of label requests on the wire.</summary>
internal static class RequestListMapping
{
    /// <returns>The query, and the size of the page: the query asks for one more, which says whether there are more.</returns>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT, with the field.</exception>
    public static (RequestQuery Query, int Size) ToQuery(ListRequestsRequest request)
    {
        var size = Paging.Size(request.PageSize);
        var query = new RequestQuery
        {
            Model = request.Model,
            Version = request.Version,
            States = [.. request.States.Distinct().Select(ToState)],
            Since = request.Since is { } since ? WireTimes.ToTime("since", since) : DateTimeOffset.MinValue,
            Until = request.Until is { } until ? WireTimes.ToTime("until", until) : null,
            Annotator = request.Annotator,
            Before = Paging.Before(request.PageToken),
            WithProbabilities = request.Reveal,
            Limit = size + 1,
        };
        return (query, size);
    }

    public static ListedRequest ToWire(RequestListing listing, bool reveal)
    {
        var request = listing.Request;
        var wire = new ListedRequest
        {
            PredictionId = request.PredictionId,
            Model = request.Series.Model,
            Version = request.Series.Version,
            Segment = request.Series.Segment,
            PredictionTime = request.PredictionTime.ToTimestamp(),
            Created = request.CreatedAt.ToTimestamp(),
            Expires = request.ExpiresAt.ToTimestamp(),
            State = (WireState)request.State,
            ClassCount = (uint)request.ClassCount,
            Attempts = (uint)request.Attempts,
            Labelled = request.LabelledAt?.ToTimestamp(),
            Annotator = listing.Annotator,
            SkipReason = request.SkipReason ?? "",
            Withheld = listing.Withheld,
            ModelAnswer = reveal ? ToAnswer(request, listing.Probabilities) : null,
        };
        if (request.Label is { } label)
        {
            wire.Label = (uint)label;
        }

        return wire;
    }

    private static ModelAnswer ToAnswer(RequestSummary request, float[]? probabilities) => new()
    {
        PredictedClass = (uint)request.PredictedClass,
        Probabilities = probabilities is null ? ByteString.Empty : LabelMapping.ToBytes(probabilities),
        CorrectnessScore = (float)request.Score,
        Disagreement = (float)request.Disagreement,
        InclusionProbability = request.InclusionProbability,
        Policy = (SamplingPolicy)request.Policy,
        MonitorVersion = request.MonitorVersion,
    };

    private static RequestState ToState(WireState state) => state is >= WireState.Waiting and <= WireState.Retracted
        ? (RequestState)state
        : throw RpcErrors.Invalid("states", $"states has {(int)state}; it must be a state from {(int)WireState.Waiting} to {(int)WireState.Retracted}.");
}
