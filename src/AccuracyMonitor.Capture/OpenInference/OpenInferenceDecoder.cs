using System.Buffers.Binary;

namespace AccuracyMonitor.Capture.OpenInference;

/// <summary>
/// Bytes of an answer of the Open Inference Protocol in, class outputs or the reason why there are none out. Never throws for what it reads,
/// whatever the bytes are. Thread-safe.
/// </summary>
/// <param name="rules">Which output of which model.</param>
/// <param name="defaultVersion">For answers that name no version.</param>
/// <param name="maxBytes">Largest size of an unpacked message.</param>
internal sealed class OpenInferenceDecoder(OutputRules rules, string defaultVersion, int maxBytes)
{
    /// <summary>A gRPC frame: whether it is packed (1 byte), its length (4 bytes, big-endian), the message.</summary>
    public const int FramePrefix = 5;

    /// <summary>Most characters of a model's name and of its version. Longer ones go no further than this: names are remembered.</summary>
    public const int MaxName = 128;

    private readonly FormChecks _forms = new();

    /// <summary>A body as gRPC frames it: of ModelInfer one message, of ModelStreamInfer any number.</summary>
    /// <param name="frames">Empty: a call that failed has no message, only a status.</param>
    /// <param name="encoding">The header grpc-encoding; null: none.</param>
    /// <param name="streamed">The call was ModelStreamInfer.</param>
    /// <returns>One per message; a body that is cut short ends with one that says so.</returns>
    public IReadOnlyList<CaptureResult> DecodeGrpc(ReadOnlyMemory<byte> frames, string? encoding, bool streamed)
    {
        if (frames.IsEmpty)
        {
            return [CaptureFailure.FailedCall];
        }

        List<CaptureResult> captures = [];
        while (!frames.IsEmpty)
        {
            if (frames.Length < FramePrefix || BinaryPrimitives.ReadUInt32BigEndian(frames.Span[1..]) is var length && length > frames.Length - FramePrefix)
            {
                captures.Add(CaptureFailure.Undecodable);
                break;
            }

            var message = frames.Slice(FramePrefix, (int)length);
            captures.Add(
                TryReadFramed(message, frames.Span[0], encoding, streamed, out var answer) is not CaptureFailure.None and var failure ? failure
                    : Choose(answer!));
            frames = frames[(FramePrefix + (int)length)..];
        }

        return captures;
    }

    /// <summary>A protobuf message without its frame.</summary>
    /// <param name="message">ModelInferResponse; when <paramref name="streamed"/> also ModelStreamInferResponse.</param>
    /// <param name="streamed">The call was ModelStreamInfer.</param>
    public CaptureResult DecodeMessage(ReadOnlyMemory<byte> message, bool streamed) =>
        WithBoundedNames(ProtobufAnswer.TryRead(message, streamed, out var answer), ref answer) is not CaptureFailure.None and var failure ? failure
            : Choose(answer!);

    /// <summary>The body of a REST answer whose status was 200.</summary>
    /// <param name="body">As on the wire.</param>
    /// <param name="encoding">The header content-encoding; null: none.</param>
    /// <param name="jsonLength">The header Inference-Header-Content-Length; null: none.</param>
    /// <param name="pathModel">The model's name in the call's path, for an answer that doesn't say it; empty: not known.</param>
    public CaptureResult DecodeRest(ReadOnlyMemory<byte> body, string? encoding, long? jsonLength, string pathModel) =>
        TryReadRest(body, encoding, jsonLength, pathModel, pathVersion: "", out var answer) is not CaptureFailure.None and var failure ? failure
            : Choose(answer!);

    /// <summary>One message out of its frame.</summary>
    /// <param name="message">Packed or not.</param>
    /// <param name="flag">The frame's first byte: 1 where the message is packed.</param>
    /// <param name="encoding">The header grpc-encoding; null: none.</param>
    /// <param name="streamed">The call was ModelStreamInfer.</param>
    /// <param name="answer">Set when the result is <see cref="CaptureFailure.None"/>.</param>
    public CaptureFailure TryReadFramed(ReadOnlyMemory<byte> message, byte flag, string? encoding, bool streamed, out InferenceAnswer? answer)
    {
        answer = null;
        var failure = flag switch
        {
            0 => CaptureFailure.None,
            1 => TryUnpackMessage(ref message, encoding),
            _ => CaptureFailure.Undecodable,
        };
        return failure == CaptureFailure.None ? WithBoundedNames(ProtobufAnswer.TryRead(message, streamed, out answer), ref answer) : failure;
    }

    /// <summary>As <see cref="DecodeRest"/>, up to the choice of the output.</summary>
    /// <param name="body">As on the wire.</param>
    /// <param name="encoding">The header content-encoding; null: none.</param>
    /// <param name="jsonLength">The header Inference-Header-Content-Length; null: none.</param>
    /// <param name="pathModel">The model's name in the call's path, for an answer that doesn't say it; empty: not known.</param>
    /// <param name="pathVersion">Likewise the version.</param>
    /// <param name="answer">Set when the result is <see cref="CaptureFailure.None"/>.</param>
    public CaptureFailure TryReadRest(
        ReadOnlyMemory<byte> body, string? encoding, long? jsonLength, string pathModel, string pathVersion, out InferenceAnswer? answer)
    {
        answer = null;
        if (Compression.TryUnpack(body, Compression.Named(encoding, body.Span), maxBytes, out var unpacked) is not CaptureFailure.None and var packed)
        {
            return packed;
        }

        var failure = RestAnswer.TryRead(unpacked, jsonLength, out answer);
        answer = answer is null
            ? null
            : answer with
            {
                Model = answer.Model.Length > 0 ? answer.Model : pathModel,
                Version = answer.Version.Length > 0 ? answer.Version : pathVersion,
            };
        return WithBoundedNames(failure, ref answer);
    }

    private static CaptureFailure WithBoundedNames(CaptureFailure failure, ref InferenceAnswer? answer)
    {
        if (answer is not { } named || (named.Model.Length <= MaxName && named.Version.Length <= MaxName))
        {
            return failure;
        }

        answer = null;
        return CaptureFailure.NameTooLong;
    }

    /// <summary>Whether the model's metadata has to say which output it is, or whether one of [K] is one row.</summary>
    public bool NeedsMetadata(InferenceAnswer answer) => rules.Of(answer.Model) switch
    {
        { IsSigmoid: true } => false,
        { Output.Length: 0 } => true,
        var rule => answer.Outputs.Any(o => o.Shape.Count == 1 && string.Equals(o.Name, rule.Output, StringComparison.Ordinal)),
    };

    /// <summary>The class outputs among an answer's.</summary>
    /// <param name="answer">Of one call.</param>
    /// <param name="declared">What the model's metadata says; null: not known, or not needed.</param>
    public CaptureResult Choose(InferenceAnswer answer, DeclaredOutput? declared = null)
    {
        if (answer.Model.Length == 0)
        {
            return CaptureFailure.ModelMissing;
        }

        var rule = rules.Of(answer.Model);
        var name = rule.Output.Length > 0 ? rule.Output : declared?.Name ?? "";
        if (rule.Output.Length == 0 && declared is { Name: null })
        {
            return CaptureFailure.AmbiguousOutput;
        }

        if (OutputChooser.Choose(answer.Outputs, name, out var output) is not CaptureFailure.None and var failure)
        {
            return failure;
        }

        if (OutputChooser.HasNoRows(output!.Shape))
        {
            return CaptureFailure.EmptyAnswer;
        }

        var classes = 1L;
        var isShaped = rule.IsSigmoid
            ? OutputChooser.IsColumn(output.Shape, out var rows)
            : OutputChooser.TryShape(output.Shape, declared?.IsOneRow(output.Name) ?? false, out rows, out classes);
        if (!isShaped)
        {
            return CaptureFailure.BadShape;
        }

        if (TensorValues.AsFloat32(output) is not { } values)
        {
            return CaptureFailure.Undecodable;
        }

        // Both are below 2^31: their product does not overflow, four times it would.
        if (values.Length / sizeof(float) != rows * classes)
        {
            return CaptureFailure.BadShape;
        }

        var version = answer.Version.Length > 0 ? answer.Version : defaultVersion;
        var outputs = rule.IsSigmoid
            ? new CapturedOutputs(answer.Model, version, answer.Id, Classes: 2, rule.Form, TensorValues.OfSigmoid(values))
            : new CapturedOutputs(answer.Model, version, answer.Id, (int)classes, rule.Form, values);
        return _forms.Fits(outputs) ? outputs : CaptureFailure.FormMismatch;
    }

    private CaptureFailure TryUnpackMessage(ref ReadOnlyMemory<byte> message, string? encoding) =>
        Compression.Named(encoding, message.Span) is { Length: > 0 } name
                ? Compression.TryUnpack(message, name, maxBytes, out message)
                : CaptureFailure.Undecodable;
}
