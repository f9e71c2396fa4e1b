using System.Buffers;
using System.Runtime.CompilerServices;

namespace AccuracyMonitor.Capture.Tap.Http2;

/// <summary>
/// Cuts one direction of an HTTP/2 connection into frames. Frames with headers, resets and the like are taken whole; data goes on as it comes.
/// </summary>
internal sealed class FrameScanner
{
    /// <summary>Largest frame that is held back until it is whole, and largest header block. Servers and clients allow headers of 8 KiB to 1 MiB.</summary>
    public const int MaxHeld = 1 << 20;

    /// <summary>A buffer that grew beyond this is not kept for the next header block.</summary>
    private const int MaxKept = 1 << 16;

    private readonly HeaderDecoder _decoder = new();
    private ArrayBufferWriter<byte> _block = new();
    private FrameHeader _blockOf;
    private bool _isInBlock;
    private int _fieldsLength;
    private int _left;
    private int _padding;

    /// <summary>The frame that is being read.</summary>
    public FrameHeader Frame { get; private set; }

    /// <summary>The frame's payload, where it is taken whole; else empty.</summary>
    public byte[] Payload { get; private set; } = [];

    /// <summary>Lengths of the buffer of a header block, of the payload, of the fields with their list, and of the header table.</summary>
    public int HeldBytes =>
        _block.Capacity + Payload.Length + _fieldsLength + ((Fields?.Capacity ?? 0) * Unsafe.SizeOf<HeaderField>()) + _decoder.HeldBytes;

    /// <summary>The part of the header block that is in this frame; only of a frame that has one.</summary>
    public ReadOnlySpan<byte> FieldsInFrame => Payload.AsSpan(Frame.Fields(Payload));

    /// <summary>Octets of the data that passes in this step, without padding.</summary>
    public ReadOnlySequence<byte> Data { get; private set; }

    /// <summary>The fields that are complete with this frame; null: none are.</summary>
    public List<HeaderField>? Fields { get; private set; }

    /// <summary>The frame with which <see cref="Fields"/> began, which has their stream and may end it.</summary>
    public FrameHeader FieldsOf => _blockOf;

    /// <summary>The last octet of a frame passes in this step, or none has begun.</summary>
    public bool IsAtEnd => _left == 0;

    /// <summary>A frame of another stream may come here.</summary>
    public bool IsBetweenFrames => _left == 0 && !_isInBlock;

    /// <returns>How many octets pass; 0: more are needed.</returns>
    /// <exception cref="FormatException">It is no HTTP/2.</exception>
    public long Next(ReadOnlySequence<byte> bytes)
    {
        (Data, Fields, Payload, _fieldsLength) = (default, null, [], 0);
        if (_left > 0)
        {
            return Continue(bytes, passed: 0);
        }

        if (bytes.Length < FrameHeader.Size)
        {
            return 0;
        }

        Span<byte> header = stackalloc byte[FrameHeader.Size];
        bytes.Slice(0, FrameHeader.Size).CopyTo(header);
        Frame = FrameHeader.Read(header);
        if (Frame.HasFields || Frame.Type is FrameType.ResetStream)
        {
            return TakeWhole(bytes);
        }

        // The length of the padding comes with the frame's header.
        var prefix = FrameHeader.Size;
        var padding = 0;
        if (Frame is { Type: FrameType.Data, IsPadded: true })
        {
            if (bytes.Length <= prefix)
            {
                return 0;
            }

            padding = bytes.Slice(prefix++, 1).FirstSpan[0];
            if (padding >= Frame.Length)
            {
                throw new FormatException("padding beyond the frame");
            }
        }

        (_left, _padding) = (Frame.Length - (prefix - FrameHeader.Size), padding);
        return _left == 0 ? prefix : Continue(bytes.Slice(prefix), prefix);
    }

    private long Continue(ReadOnlySequence<byte> bytes, long passed)
    {
        var now = (int)Math.Min(_left, bytes.Length);
        if (Frame.Type == FrameType.Data)
        {
            Data = bytes.Slice(0, Math.Clamp(_left - _padding, 0, now));
        }

        _left -= now;
        return passed + now;
    }

    private long TakeWhole(ReadOnlySequence<byte> bytes)
    {
        if (Frame.Length > MaxHeld)
        {
            throw new FormatException("a frame that is too large");
        }

        if (bytes.Length < FrameHeader.Size + Frame.Length)
        {
            return 0;
        }

        Payload = bytes.Slice(FrameHeader.Size, Frame.Length).ToArray();
        if (Frame.HasFields)
        {
            TakeFields();
        }

        return FrameHeader.Size + Frame.Length;
    }

    private void TakeFields()
    {
        if (Frame.Type != FrameType.Continuation)
        {
            _blockOf = Frame;
            _block.ResetWrittenCount();
        }

        _block.Write(FieldsInFrame);
        if (_block.WrittenCount > MaxHeld)
        {
            throw new FormatException("headers that are too large");
        }

        _isInBlock = !Frame.EndsHeaders;
        if (!_isInBlock)
        {
            Fields = [];
            _decoder.Decode(_block.WrittenSpan, Fields);
            _fieldsLength = _block.WrittenCount;
            if (_block.Capacity > MaxKept)
            {
                _block = new ArrayBufferWriter<byte>();
            }
        }
    }
}
