using System.Buffers.Binary;

namespace AccuracyMonitor.Sidecar.OpenInference;

/// <summary>
/// Bytes of an answer of the Open Inference Protocol in, class outputs or the reason why there are none out. Never throws for what it reads,
/// whatever the bytes are. Thread-safe.
/// </summary>
/// <param name="rules">Which output of which model.</param>
/// <param name="defaultVersion">For answers that name no version.</param>
/// <param name="maxBytes">Largest size of an unpacked message.</param>
/// <param name="sumTolerance">Probabilities sum to 1 ± this.</param>
internal sealed class OpenInferenceDecoder(OutputRules rules, string defaultVersion, int maxBytes, double sumTolerance)
{
    /// <summary>A gRPC frame: whether it is packed (1 byte), its length (4 bytes, big-endian), the message.</summary>
    public const int FramePrefix = 5;

    private readonly FormChecks _forms = new(sumTolerance);

    /// <summary>A body as gRPC frames it: of ModelInfer one message, of ModelStreamInfer any number.</summary>
    /// <param name="frames">Empty: a call that failed has no message, only a status.</param>
    /// <param name="encoding">The header grpc-encoding; null: none.</param>
    /// <param name="streamed">The call was ModelStreamInfer.</param>
    /// <returns>One per message; a body that is cut short ends with one that says so.</returns>
    public IReadOnlyList<Capture> DecodeGrpc(ReadOnlyMemory<byte> frames, string? encoding, bool streamed)
    {
        if (frames.IsEmpty)
        {
            return [BlindSpot.FailedCall];
        }

        List<Capture> captures = [];
        while (!frames.IsEmpty)
        {
            if (frames.Length < FramePrefix || BinaryPrimitives.ReadUInt32BigEndian(frames.Span[1..]) is var length && length > frames.Length - FramePrefix)
            {
                captures.Add(BlindSpot.Undecodable);
                break;
            }

            var message = frames.Slice(FramePrefix, (int)length);
            var spot = frames.Span[0] switch
            {
                0 => BlindSpot.None,
                1 => string.IsNullOrEmpty(encoding) ? BlindSpot.Undecodable : Compression.TryUnpack(message, encoding, maxBytes, out message),
                _ => BlindSpot.Undecodable,
            };
            captures.Add(spot == BlindSpot.None ? DecodeMessage(message, streamed) : spot);
            frames = frames[(FramePrefix + (int)length)..];
        }

        return captures;
    }

    /// <summary>A protobuf message without its frame.</summary>
    /// <param name="message">ModelInferResponse; when <paramref name="streamed"/> also ModelStreamInferResponse.</param>
    /// <param name="streamed">The call was ModelStreamInfer.</param>
    public Capture DecodeMessage(ReadOnlyMemory<byte> message, bool streamed) =>
        ProtobufAnswer.TryRead(message, streamed, out var answer) is not BlindSpot.None and var spot ? spot : Capture(answer!, "");

    /// <summary>The body of a REST answer whose status was 200.</summary>
    /// <param name="body">As on the wire.</param>
    /// <param name="encoding">The header content-encoding; null: none.</param>
    /// <param name="jsonLength">The header Inference-Header-Content-Length; null: none.</param>
    /// <param name="pathModel">The model's name in the call's path, for an answer that doesn't say it; empty: not known.</param>
    public Capture DecodeRest(ReadOnlyMemory<byte> body, string? encoding, long? jsonLength, string pathModel)
    {
        if (Compression.TryUnpack(body, encoding, maxBytes, out var unpacked) is not BlindSpot.None and var packed)
        {
            return packed;
        }

        return RestAnswer.TryRead(unpacked, jsonLength, out var answer) is not BlindSpot.None and var spot ? spot : Capture(answer!, pathModel);
    }

    private Capture Capture(InferenceAnswer answer, string pathModel)
    {
        var model = answer.Model.Length > 0 ? answer.Model : pathModel;
        if (model.Length == 0)
        {
            return BlindSpot.ModelMissing;
        }

        var rule = rules.Of(model);
        if (OutputChooser.Choose(answer.Outputs, rule.Output, out var output) is not BlindSpot.None and var spot)
        {
            return spot;
        }

        if (!OutputChooser.TryShape(output!.Shape, allowOneRow: rule.Output.Length > 0, out var rows, out var classes))
        {
            return BlindSpot.BadShape;
        }

        if (TensorValues.AsFloat32(output) is not { } values)
        {
            return BlindSpot.Undecodable;
        }

        // Both are below 2^31: their product does not overflow, four times it would.
        if (values.Length / sizeof(float) != rows * classes)
        {
            return BlindSpot.BadShape;
        }

        var version = answer.Version.Length > 0 ? answer.Version : defaultVersion;
        var outputs = new CapturedOutputs(model, version, answer.Id, (int)classes, rule.Form, values);
        return _forms.Fits(outputs) ? outputs : BlindSpot.FormMismatch;
    }
}
