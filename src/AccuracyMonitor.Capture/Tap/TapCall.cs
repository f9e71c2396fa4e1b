using AccuracyMonitor.Capture.Bodies;
using AccuracyMonitor.Capture.OpenInference;

namespace AccuracyMonitor.Capture.Tap;

internal enum TapProtocol
{
    Grpc,
    Rest,
}

/// <summary>One call for predictions on its way through the tap.</summary>
internal sealed class TapCall
{
    /// <summary>Header of the answer that gives the call's id; the id of its row i is this, <c>#</c> and i.</summary>
    public const string IdHeader = "accuracy-monitor-id";

    public const string GrpcService = "/inference.GRPCInferenceService/";

    /// <summary>Leaves room for <c>#</c> and a row in the 128 characters that an id may have.</summary>
    public const int MaxId = 100;

    private static readonly string[] OtherRestCalls = [":predict", ":classify", ":regress", "/generate", "/generate_stream", "/explain"];

    public required string Id { get; init; }

    public required TapProtocol Protocol { get; init; }

    /// <summary>ModelStreamInfer: any number of messages, each counted as it passes.</summary>
    public bool IsStreamed { get; init; }

    /// <summary>Of a REST call's path; empty: not known.</summary>
    public string Model { get; init; } = "";

    public string Version { get; init; } = "";

    /// <summary>The body of its request; null: not held.</summary>
    public HeldRequest? Request { get; set; }

    /// <summary>Rows read so far, which number those of a stream. Owned by the reader of the queue.</summary>
    public long Rows { get; set; }

    /// <param name="request">At the tap.</param>
    /// <param name="protocol">Of the port it came in at.</param>
    /// <param name="failure">It asks for predictions in a way that is not read; else <see cref="CaptureFailure.None"/>.</param>
    /// <returns>Null if there is nothing to read in its answer.</returns>
    public static TapCall? Of(TapRequest request, TapProtocol protocol, out CaptureFailure failure)
    {
        var path = request.Path;
        var call = protocol == TapProtocol.Grpc ? OfGrpc(request, path) : OfRest(request, path);
        failure = call is null && IsOtherCall(request, path, protocol) ? CaptureFailure.OtherProtocol : CaptureFailure.None;
        return call;
    }

    private static TapCall? OfGrpc(TapRequest request, string path)
    {
        if (!path.StartsWith(GrpcService, StringComparison.Ordinal) || !IsGrpc(request))
        {
            return null;
        }

        return path[GrpcService.Length..] switch
        {
            "ModelInfer" => new TapCall { Id = IdOf(request), Protocol = TapProtocol.Grpc },
            "ModelStreamInfer" => new TapCall { Id = IdOf(request), Protocol = TapProtocol.Grpc, IsStreamed = true },
            _ => null,
        };
    }

    private static TapCall? OfRest(TapRequest request, string path)
    {
        if (!HttpMethods.IsPost(request.Method) || !path.EndsWith("/infer", StringComparison.Ordinal))
        {
            return null;
        }

        var (model, version) = path.Split('/', StringSplitOptions.RemoveEmptyEntries) switch
        {
            ["v2", "models", var name, "infer"] => (Uri.UnescapeDataString(name), ""),
            ["v2", "models", var name, "versions", var v, "infer"] => (Uri.UnescapeDataString(name), Uri.UnescapeDataString(v)),
            _ => ("", ""),
        };
        return model.Length == 0
            ? null
            : new TapCall { Id = IdOf(request), Protocol = TapProtocol.Rest, Model = model, Version = version };
    }

    /// <summary>gRPC-Web has its trailers in the body.</summary>
    private static bool IsGrpc(TapRequest request) =>
        request.ContentType is { } type && type.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase)
        && !type.StartsWith("application/grpc-web", StringComparison.OrdinalIgnoreCase);

    private static bool IsOtherCall(TapRequest request, string path, TapProtocol protocol) => HttpMethods.IsPost(request.Method)
        && (path.StartsWith(GrpcService + "Model", StringComparison.Ordinal) && path.EndsWith("Infer", StringComparison.Ordinal)
            || (protocol == TapProtocol.Grpc
                ? path.StartsWith("/tensorflow.serving.PredictionService/", StringComparison.Ordinal)
                : OtherRestCalls.Any(end => path.EndsWith(end, StringComparison.Ordinal))));

    private static string IdOf(TapRequest request)
    {
        foreach (var id in request.Ids)
        {
            if (id is { Length: > 0 and <= MaxId } && !id.AsSpan().ContainsAnyExceptInRange('!', '~'))
            {
                return id;
            }
        }

        return Guid.CreateVersion7().ToString("N");
    }
}
