using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using AccuracyMonitor.OpenInference;
using Google.Protobuf;

namespace AccuracyMonitor.Capture.OpenInference;

/// <summary>Reads ModelInferResponse and both kinds of answers that a ModelStreamInfer may have.</summary>
internal static class ProtobufAnswer
{
    /// <summary>Parameter of an output that was written to shared memory.</summary>
    public const string SharedMemoryRegion = "shared_memory_region";

    public static CaptureFailure TryRead(ReadOnlyMemory<byte> message, bool streamed, out InferenceAnswer? answer)
    {
        answer = null;
        try
        {
            if (!streamed || IsPlain(message))
            {
                return Convert(ModelInferResponse.Parser.ParseFrom(message.Span), out answer);
            }

            var nested = ModelStreamInferResponse.Parser.ParseFrom(message.Span);
            if (nested.ErrorMessage.Length > 0)
            {
                return CaptureFailure.FailedCall;
            }

            return nested.InferResponse is { } response ? Convert(response, out answer) : CaptureFailure.EmptyAnswer;
        }
        catch (InvalidProtocolBufferException)
        {
            return CaptureFailure.Undecodable;
        }
    }

    /// <summary>
    /// MLServer's stream has ModelInferResponse itself, Triton's and OVMS's nest it in a message with the fields 1 and 2 only. Both give field
    /// 2 the same wire type, so a field beyond it is the sign: no answer with an output is without field 5.
    /// </summary>
    private static bool IsPlain(ReadOnlyMemory<byte> message)
    {
        var bytes = MemoryMarshal.TryGetArray(message, out var segment) ? segment : new ArraySegment<byte>(message.ToArray());
        using var input = new CodedInputStream(bytes.Array!, bytes.Offset, bytes.Count);
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            if (WireFormat.GetTagFieldNumber(tag) > ModelStreamInferResponse.InferResponseFieldNumber)
            {
                return true;
            }

            input.SkipLastField();
        }

        return false;
    }

    private static CaptureFailure Convert(ModelInferResponse response, out InferenceAnswer? answer)
    {
        answer = null;
        var raw = response.RawOutputContents;
        if (raw.Count != 0 && raw.Count != response.Outputs.Count)
        {
            return CaptureFailure.Undecodable;
        }

        var outputs = new OutputTensor[response.Outputs.Count];
        for (var i = 0; i < outputs.Length; i++)
        {
            // Without the cast the null becomes an empty memory, by way of the conversion from an array, and typed contents are never read.
            outputs[i] = Convert(response.Outputs[i], raw.Count == 0 ? (ReadOnlyMemory<byte>?)null : raw[i].Memory);
        }

        answer = new InferenceAnswer(response.ModelName, response.ModelVersion, response.Id, outputs);
        return CaptureFailure.None;
    }

    private static OutputTensor Convert(ModelInferResponse.Types.InferOutputTensor output, ReadOnlyMemory<byte>? raw) => new()
    {
        Name = output.Name,
        Datatype = output.Datatype,
        Shape = output.Shape,
        InSharedMemory = output.Parameters.ContainsKey(SharedMemoryRegion),
        Raw = raw,
        Floats = raw is null && string.Equals(output.Datatype, "FP32", StringComparison.Ordinal) ? output.Contents?.Fp32Contents : null,
        Doubles = raw is null && string.Equals(output.Datatype, "FP64", StringComparison.Ordinal) ? output.Contents?.Fp64Contents : null,
        FirstText = string.Equals(output.Datatype, "BYTES", StringComparison.Ordinal) ? FirstText(output, raw) : null,
    };

    private static string? FirstText(ModelInferResponse.Types.InferOutputTensor output, ReadOnlyMemory<byte>? raw) =>
        raw is { } bytes ? FirstText(bytes.Span) : output.Contents?.BytesContents is [var first, ..] ? Encoding.UTF8.GetString(first.Span) : null;

    /// <summary>An element of a BYTES tensor is its length in four bytes, little-endian, and its bytes.</summary>
    public static string? FirstText(ReadOnlySpan<byte> raw)
    {
        if (raw.Length < sizeof(uint))
        {
            return null;
        }

        var length = BinaryPrimitives.ReadUInt32LittleEndian(raw);
        return length <= raw.Length - sizeof(uint) ? Encoding.UTF8.GetString(raw.Slice(sizeof(uint), (int)length)) : null;
    }
}
