using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Storage.Labelling;
using AccuracyMonitor.V1;
using Google.Protobuf.WellKnownTypes;

namespace AccuracyMonitor.Sidecar.Labelling;

/// <summary>Lists of opinions on the wire.</summary>
internal static class OpinionListMapping
{
    /// <returns>The query, and the size of the page: the query asks for one more, which says whether there are more.</returns>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT, with the field.</exception>
    public static (OpinionQuery Query, int Size) ToQuery(ListOpinionsRequest request)
    {
        var size = Paging.Size(request.PageSize);
        var query = new OpinionQuery
        {
            Model = request.Model,
            Version = request.Version,
            Annotator = request.Annotator,
            Since = request.Since is { } since ? WireTimes.ToTime("since", since) : DateTimeOffset.MinValue,
            Before = Paging.Before(request.PageToken),
            Limit = size + 1,
        };
        return (query, size);
    }

    public static ListedOpinion ToWire(OpinionListing listing)
    {
        var (opinion, conditions) = (listing.Opinion, listing.Opinion.Conditions);
        var wire = new ListedOpinion
        {
            PredictionId = listing.PredictionId,
            Model = listing.Key.Model,
            Version = listing.Key.Version,
            Opinion = (uint)opinion.Number,
            Annotator = opinion.Annotator,
            Given = opinion.GivenAt.ToTimestamp(),
            ShownAt = conditions.ShownAt?.ToTimestamp(),
            AnsweredAt = conditions.AnsweredAt?.ToTimestamp(),
            Tool = conditions.Tool,
            ClassNamesVersion = conditions.ClassNamesVersion,
        };
        if (opinion.Label is { } label)
        {
            wire.Label = (uint)label;
        }

        if (conditions.Revealed is { } revealed)
        {
            wire.Revealed = revealed;
        }

        return wire;
    }
}
