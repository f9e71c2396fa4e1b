using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace AccuracyMonitor.Capture.Tap.Http2;

internal enum FrameType : byte
{
    Data = 0,
    Headers = 1,
    ResetStream = 3,
    PushPromise = 5,
    GoAway = 7,
    Continuation = 9,
}

/// <summary>The nine octets before each frame's payload (RFC 9113, section 4.1).</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FrameHeader(int Length, FrameType Type, byte Flags, int Stream)
{
    public const int Size = 9;
    public const byte EndStreamFlag = 0x1;
    public const byte EndHeadersFlag = 0x4;
    private const byte PaddedFlag = 0x8;
    private const byte PriorityFlag = 0x20;

    public bool EndsStream => Type is FrameType.Data or FrameType.Headers && (Flags & EndStreamFlag) != 0;

    public bool EndsHeaders => (Flags & EndHeadersFlag) != 0;

    public bool IsPadded => Type is FrameType.Data or FrameType.Headers or FrameType.PushPromise && (Flags & PaddedFlag) != 0;

    /// <summary>It carries a header block, or a part of one.</summary>
    public bool HasFields => Type is FrameType.Headers or FrameType.PushPromise or FrameType.Continuation;

    public static FrameHeader Read(ReadOnlySpan<byte> octets) => new(
        (octets[0] << 16) | (octets[1] << 8) | octets[2], (FrameType)octets[3], octets[4],
        (int)(BinaryPrimitives.ReadUInt32BigEndian(octets[5..]) & int.MaxValue));

    public void Write(Span<byte> octets)
    {
        (octets[0], octets[1], octets[2], octets[3], octets[4]) = ((byte)(Length >> 16), (byte)(Length >> 8), (byte)Length, (byte)Type, Flags);
        BinaryPrimitives.WriteInt32BigEndian(octets[5..], Stream);
    }

    /// <summary>Where the header block lies in the payload.</summary>
    /// <exception cref="FormatException">Not within the payload.</exception>
    public Range Fields(ReadOnlySpan<byte> payload)
    {
        var start = 0;
        var padding = 0;
        if (IsPadded)
        {
            padding = payload.Length > 0 ? payload[start++] : 1;
        }

        start += Type switch
        {
            FrameType.Headers when (Flags & PriorityFlag) != 0 => 5,
            FrameType.PushPromise => 4,
            _ => 0,
        };
        return start + padding <= payload.Length ? start..(payload.Length - padding) : throw new FormatException("padding beyond the frame");
    }
}
