using AccuracyMonitor.Capture.OpenInference;
using Google.Protobuf;

namespace AccuracyMonitor.Capture.Sinks;

/// <summary>
/// Reads the body of an answer by what it is and not by what is said of it: KServe's logger copies the content-type of the request to the answer,
/// and passes on neither the length of the JSON before binary tensors nor any encoding.
/// </summary>
internal sealed class AnswerBodies(OpenInferenceDecoder decoder)
{
    private const int ModelNameField = 1;
    private const int ModelVersionField = 2;

    /// <param name="body">JSON with or without binary tensors, that packed, frames of gRPC, or a protobuf message without a frame.</param>
    /// <param name="model">For an answer that does not name its model; empty: not known.</param>
    /// <param name="version">For an answer in protobuf that names no version; empty: not known.</param>
    /// <returns>At least one.</returns>
    public IReadOnlyList<CaptureResult> Decode(ReadOnlyMemory<byte> body, string model, string version)
    {
        if (body.IsEmpty)
        {
            // What is logged of a gRPC call that failed: HTTP status 200, and the trailers are not in the body.
            return [CaptureFailure.FailedCall];
        }

        if (IsJson(body.Span))
        {
            return [decoder.DecodeRest(body, encoding: null, jsonLength: null, model)];
        }

        if (Compression.ByMagicNumber(body.Span) is { } packing)
        {
            return [decoder.DecodeRest(body, packing, jsonLength: null, model)];
        }

        return GrpcFrames.IsFramed(body.Span) ? DecodeFrames(body, model, version) : [decoder.DecodeMessage(Named(body, model, version), streamed: false)];
    }

    /// <summary>A request in REST names its model in the path, which no event has: it can't help an answer in JSON.</summary>
    public static bool CanBeNamedByRequest(ReadOnlySpan<byte> body) => !body.IsEmpty && !IsJson(body) && Compression.ByMagicNumber(body) is null;

    private IReadOnlyList<CaptureResult> DecodeFrames(ReadOnlyMemory<byte> frames, string model, string version)
    {
        var captures = decoder.DecodeGrpc(frames, GrpcFrames.Message(frames) is { } packed ? Compression.ByMagicNumber(packed.Span) : null, streamed: true);
        return captures is [{ CaptureFailure: CaptureFailure.ModelMissing }] && model.Length > 0 && frames.Span[0] == 0
            ? [decoder.DecodeMessage(Named(GrpcFrames.Message(frames)!.Value, model, version), streamed: false)]
            : captures;
    }

    /// <summary>Of a protobuf field that comes twice the last one counts: a name in front is a default.</summary>
    private static ReadOnlyMemory<byte> Named(ReadOnlyMemory<byte> message, string model, string version)
    {
        if (model.Length == 0)
        {
            return message;
        }

        using var bytes = new MemoryStream(message.Length + model.Length + version.Length + 16);
        using var output = new CodedOutputStream(bytes, leaveOpen: true);
        output.WriteTag(ModelNameField, WireFormat.WireType.LengthDelimited);
        output.WriteString(model);
        output.WriteTag(ModelVersionField, WireFormat.WireType.LengthDelimited);
        output.WriteString(version);
        output.Flush();
        bytes.Write(message.Span);
        return bytes.ToArray();
    }

    private static bool IsJson(ReadOnlySpan<byte> body) => body.TrimStart(" \t\r\n"u8) is [(byte)'{', ..];
}
