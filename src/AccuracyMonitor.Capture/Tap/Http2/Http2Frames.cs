using System.Buffers.Binary;
using System.Text;

namespace AccuracyMonitor.Capture.Tap.Http2;

/// <summary>The few frames that the tap writes itself.</summary>
internal static class Http2Frames
{
    /// <summary>Every receiver takes frames of this length.</summary>
    private const int EveryReceiversMax = 16384;

    private const byte Status200 = 0x88;

    public static byte[] GoAway(int lastStream)
    {
        var frame = new byte[FrameHeader.Size + 8];
        new FrameHeader(8, FrameType.GoAway, Flags: 0, Stream: 0).Write(frame);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(FrameHeader.Size), lastStream);
        return frame;
    }

    /// <summary>Settings of the protocol's own values.</summary>
    public static byte[] Settings() => [0, 0, 0, 4, 0, 0, 0, 0, 0];

    /// <summary>A gRPC status without a body.</summary>
    public static byte[] TrailersOnly(int stream, string status, string message) => Frame(
        new FrameHeader(0, FrameType.Headers, FrameHeader.EndStreamFlag | FrameHeader.EndHeadersFlag, stream),
        [Status200, .. Literal("content-type", "application/grpc"), .. Literal("grpc-status", status), .. Literal("grpc-message", message)]);

    /// <summary>The frame with one more field at the end of its header block, and the rest of it as it is.</summary>
    /// <param name="frame">The last one of its header block.</param>
    /// <param name="payload">Of the frame.</param>
    /// <param name="name">In lower case.</param>
    /// <param name="value">Shorter than 127 octets, as the name.</param>
    public static byte[] WithField(FrameHeader frame, byte[] payload, string name, string value)
    {
        // A literal that no table keeps: neither side's table changes.
        var literal = Literal(name, value);
        if (payload.Length + literal.Length > EveryReceiversMax)
        {
            return
            [
                .. Frame(frame with { Flags = (byte)(frame.Flags & ~FrameHeader.EndHeadersFlag) }, payload),
                .. Frame(new FrameHeader(0, FrameType.Continuation, FrameHeader.EndHeadersFlag, frame.Stream), literal),
            ];
        }

        var end = frame.Fields(payload).End.GetOffset(payload.Length);
        return Frame(frame, [.. payload.AsSpan(0, end), .. literal, .. payload.AsSpan(end)]);
    }

    private static byte[] Literal(string name, string value) =>
        [0, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), (byte)value.Length, .. Encoding.ASCII.GetBytes(value)];

    private static byte[] Frame(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[FrameHeader.Size + payload.Length];
        (header with { Length = payload.Length }).Write(frame);
        payload.CopyTo(frame.AsSpan(FrameHeader.Size));
        return frame;
    }
}
