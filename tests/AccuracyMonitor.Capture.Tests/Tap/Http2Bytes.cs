using System.Buffers;
using System.Text;
using AccuracyMonitor.Capture.Tap;
using AccuracyMonitor.Capture.Tap.Http2;

namespace AccuracyMonitor.Capture.Tests.Tap;

/// <summary>Frames that tests send.</summary>
internal static class Http2Bytes
{
    /// <summary>Fields of the static table: <c>:status: 200</c>, <c>:method: POST</c>, <c>:scheme: http</c>.</summary>
    public const byte Status200 = 0x88;

    private const byte Post = 0x83;
    private const byte SchemeHttp = 0x86;

    public static readonly byte[] Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray();

    public static readonly byte[] Settings = Frame(4, 0, 0, []);

    public static byte[] Frame(int type, int flags, int stream, byte[] payload)
    {
        var frame = new byte[FrameHeader.Size + payload.Length];
        new FrameHeader(payload.Length, (FrameType)type, (byte)flags, stream).Write(frame);
        payload.CopyTo(frame, FrameHeader.Size);
        return frame;
    }

    /// <summary>A whole call for predictions.</summary>
    public static byte[] Request(int stream) => Frame(
        (int)FrameType.Headers, FrameHeader.EndHeadersFlag | FrameHeader.EndStreamFlag, stream,
        [Post, SchemeHttp, .. Literal(":path", "/inference.GRPCInferenceService/ModelInfer"), .. Literal("content-type", "application/grpc")]);

    /// <summary>A whole answer, in one frame.</summary>
    public static byte[] Answer(int stream) =>
        Frame((int)FrameType.Headers, FrameHeader.EndHeadersFlag | FrameHeader.EndStreamFlag, stream, [Status200, .. Literal("grpc-status", "0")]);

    public static byte[] Reset(int stream) => Frame((int)FrameType.ResetStream, 0, stream, [0, 0, 0, 8]);

    /// <returns>What passes of these bytes.</returns>
    public static byte[] Pass(Func<ReadOnlySequence<byte>, PassingStep> next, byte[] bytes)
    {
        List<byte> passed = [];
        var rest = bytes;
        for (var step = next(new ReadOnlySequence<byte>(rest)); step.Pass > 0 || !step.Instead.IsEmpty; step = next(new ReadOnlySequence<byte>(rest)))
        {
            passed.AddRange(step.Instead.IsEmpty ? rest[..(int)step.Pass] : step.Instead.ToArray());
            rest = rest[(int)step.Pass..];
        }

        return [.. passed];
    }

    /// <summary>A field that no table keeps.</summary>
    public static byte[] Literal(string name, string value) =>
        [0, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), (byte)value.Length, .. Encoding.ASCII.GetBytes(value)];
}
