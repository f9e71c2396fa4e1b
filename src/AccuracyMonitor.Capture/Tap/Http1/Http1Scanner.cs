using System.Buffers;
using System.Buffers.Text;

namespace AccuracyMonitor.Capture.Tap.Http1;

internal enum Http1Event
{
    /// <summary>All that was given has been read, and more is needed.</summary>
    NeedsMore,

    /// <summary>The head is whole; <see cref="Http1Scanner.BodyIs"/> has to be called.</summary>
    Head,

    /// <summary>Some of the body.</summary>
    Body,

    /// <summary>The message is whole.</summary>
    End,
}

/// <summary>Cuts one direction of an HTTP/1.1 connection into messages, however its bytes come.</summary>
internal sealed class Http1Scanner
{
    /// <summary>Largest head, and largest line between chunks, that is read.</summary>
    public const int MaxHead = 1 << 20;

    /// <summary>A buffer that grew beyond this is not kept for the next lines.</summary>
    private const int MaxKept = 1 << 16;

    private ArrayBufferWriter<byte> _lines = new();
    private Part _part;
    private int _lineStart;
    private long _left;

    private enum Part
    {
        Head,
        Counted,
        ChunkSize,
        Chunk,
        ChunkEnd,
        Trailers,
        UntilEnd,
        Ending,
    }

    /// <summary>No byte of a message has come.</summary>
    public bool IsAtStart => _part == Part.Head && _lines.WrittenCount == 0;

    /// <summary>Length of the buffer of lines.</summary>
    public int HeldBytes => _lines.Capacity;

    /// <summary>A head has passed, and not yet the last byte of its body.</summary>
    public bool IsInBody => _part is not (Part.Head or Part.Ending);

    /// <summary>The body ends where the connection ends.</summary>
    public bool IsUntilEnd => _part == Part.UntilEnd;

    /// <summary>With the empty line; until the next call of <see cref="BodyIs"/>.</summary>
    public ReadOnlySpan<byte> Head => _lines.WrittenSpan;

    /// <param name="head">Of this message.</param>
    /// <param name="without">It has no body, whatever its headers say.</param>
    /// <param name="untilEnd">A body whose length is not said ends with the connection; else there is none.</param>
    public void BodyIs(Http1Head head, bool without, bool untilEnd)
    {
        (_part, _left) = (without, head.IsChunked, head.ContentLength) switch
        {
            (true, _, _) => (Part.Ending, 0L),
            (_, true, _) => (Part.ChunkSize, 0),
            (_, _, 0) => (Part.Ending, 0),
            (_, _, { } length) => (Part.Counted, length),
            _ => (untilEnd ? Part.UntilEnd : Part.Ending, 0),
        };
        StartLine();
    }

    /// <param name="bytes">Loses what has been read.</param>
    /// <param name="body">Of <see cref="Http1Event.Body"/>: those bytes, without chunk sizes.</param>
    /// <exception cref="FormatException">It is no HTTP/1.1.</exception>
    public Http1Event Next(ref ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> body)
    {
        body = default;
        while (true)
        {
            switch (_part)
            {
                case Part.Ending:
                    _part = Part.Head;
                    return Http1Event.End;

                case Part.Counted or Part.Chunk or Part.UntilEnd:
                    if (bytes.Length == 0)
                    {
                        return Http1Event.NeedsMore;
                    }

                    body = TakeBody(ref bytes);
                    return Http1Event.Body;

                case Part.Head:
                    if (!TryTakeLine(ref bytes, out var line))
                    {
                        return Http1Event.NeedsMore;
                    }

                    if (line.Length > 0)
                    {
                        _lineStart = _lines.WrittenCount;
                    }
                    else if (_lineStart > 0)
                    {
                        return Http1Event.Head;
                    }
                    else
                    {
                        // Empty lines before a message mean nothing.
                        StartLine();
                    }

                    break;

                default:
                    if (!TryTakeLine(ref bytes, out line))
                    {
                        return Http1Event.NeedsMore;
                    }

                    EndLine(line);
                    StartLine();
                    break;
            }
        }
    }

    private ReadOnlySpan<byte> TakeBody(ref ReadOnlySpan<byte> bytes)
    {
        var length = _part == Part.UntilEnd ? bytes.Length : (int)Math.Min(_left, bytes.Length);
        var body = bytes[..length];
        bytes = bytes[length..];
        _left -= length;
        if (_left == 0 && _part != Part.UntilEnd)
        {
            _part = _part == Part.Chunk ? Part.ChunkEnd : Part.Ending;
        }

        return body;
    }

    private void EndLine(ReadOnlySpan<byte> line)
    {
        switch (_part)
        {
            case Part.ChunkSize:
                if (!Utf8Parser.TryParse(line, out long size, out _, 'x') || size < 0)
                {
                    throw new FormatException("no size of a chunk");
                }

                (_left, _part) = (size, size == 0 ? Part.Trailers : Part.Chunk);
                break;

            case Part.ChunkEnd:
                _part = line.Length == 0 ? Part.ChunkSize : throw new FormatException("a chunk longer than it said");
                break;

            default:
                _part = line.Length == 0 ? Part.Ending : Part.Trailers;
                break;
        }
    }

    private bool TryTakeLine(ref ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> line)
    {
        var end = bytes.IndexOf((byte)'\n');
        var length = end < 0 ? bytes.Length : end + 1;
        if (_lines.WrittenCount + length > MaxHead)
        {
            throw new FormatException("a head that is too large");
        }

        _lines.Write(bytes[..length]);
        bytes = bytes[length..];
        line = end < 0 ? default : _lines.WrittenSpan[_lineStart..^1].TrimEnd((byte)'\r');
        return end >= 0;
    }

    private void StartLine()
    {
        if (_lines.Capacity > MaxKept)
        {
            _lines = new ArrayBufferWriter<byte>();
        }

        _lines.ResetWrittenCount();
        _lineStart = 0;
    }
}
