using System.Buffers.Binary;
using AccuracyMonitor.Capture.OpenInference;
using Google.Protobuf;

namespace AccuracyMonitor.Capture.Sinks;

/// <summary>A body of gRPC as a logger has it: frames, each with a prefix of five bytes.</summary>
internal static class GrpcFrames
{
    /// <summary>A protobuf message starts with a tag, which is neither 0 nor 1: the first byte tells the two apart.</summary>
    public static bool IsFramed(ReadOnlySpan<byte> body) => body is [0 or 1, ..] && body.Length >= OpenInferenceDecoder.FramePrefix;

    /// <summary>The first message, as it is in its frame; null: cut short.</summary>
    public static ReadOnlyMemory<byte>? Message(ReadOnlyMemory<byte> frames)
    {
        var length = BinaryPrimitives.ReadUInt32BigEndian(frames.Span[1..]);
        return length <= frames.Length - OpenInferenceDecoder.FramePrefix ? frames.Slice(OpenInferenceDecoder.FramePrefix, (int)length) : null;
    }

    /// <summary>Model and version that a ModelInferRequest asks for, without reading its inputs; empty where it does not say.</summary>
    /// <param name="body">Of a request, whatever it is.</param>
    public static (string Model, string Version) NamesOf(ReadOnlyMemory<byte> body)
    {
        var (model, version) = ("", "");
        if (!IsFramed(body.Span) || body.Span[0] != 0 || Message(body) is not { } message)
        {
            return (model, version);
        }

        try
        {
            using var input = new CodedInputStream(message.ToArray());
            for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
            {
                switch (tag)
                {
                    case ModelName: model = input.ReadString(); break;
                    case ModelVersion: version = input.ReadString(); break;
                    default: input.SkipLastField(); break;
                }
            }
        }
        catch (InvalidProtocolBufferException)
        {
            return ("", "");
        }

        return (model, version);
    }

    private const uint ModelName = (1 << 3) | (uint)WireFormat.WireType.LengthDelimited;
    private const uint ModelVersion = (2 << 3) | (uint)WireFormat.WireType.LengthDelimited;
}
