using System.Buffers;

namespace AccuracyMonitor.Evaluation.Traces.Tables;

/// <summary>
/// Cuts a JSON text into the bytes of its rows, one at a time: the lines of JSON Lines, or the elements of one array that holds objects. Which of the two
/// it is, the first byte says.
/// </summary>
internal sealed class JsonPieces(string path, Stream stream) : IDisposable
{
    /// <summary>Bytes that one row may have: more is no row but a file of another kind.</summary>
    private const int MostBytes = 1 << 28;

    private readonly byte[] _buffer = new byte[1 << 16];
    private readonly ArrayBufferWriter<byte> _piece = new();
    private int _length;
    private int _next;
    private long _line = 1;
    private bool? _isArray;
    private bool _ended;

    /// <summary>Line on which the piece begins, from 1.</summary>
    public long Line { get; private set; }

    public ReadOnlyMemory<byte> Piece => _piece.WrittenMemory;

    public bool Read()
    {
        _isArray ??= StartsArray();
        return !_ended && (_isArray.Value ? ReadElement() : ReadLine());
    }

    public void Dispose() => stream.Dispose();

    private bool StartsArray()
    {
        if (Peek() == 0xEF)
        {
            Skip(3);
        }
        else if (Peek() is 0xFE or 0xFF)
        {
            throw new TraceFileException($"{path}: line 1: not UTF-8 but UTF-16; save it as UTF-8.");
        }

        if (SkipBlanks() != '[')
        {
            return false;
        }

        Take();
        return true;
    }

    /// <summary>Lines that hold nothing are passed over.</summary>
    private bool ReadLine()
    {
        while (true)
        {
            _piece.ResetWrittenCount();
            Line = _line;
            var blank = true;
            int c;
            while ((c = Take()) is not -1 and not '\n')
            {
                blank &= c is ' ' or '\t' or '\r';
                Put(c);
            }

            if (!blank)
            {
                return true;
            }

            if (c == -1)
            {
                return false;
            }
        }
    }

    private bool ReadElement()
    {
        _piece.ResetWrittenCount();
        int c;
        while ((c = Peek()) is ' ' or '\t' or '\r' or '\n' or ',')
        {
            Take();
        }

        Line = _line;
        if (c == ']')
        {
            Take();
            _ended = SkipBlanks() == -1
                ? true
                : throw new TraceFileException($"{path}: line {_line}: text behind the end of the array; expected one array, or a row on each line.");
            return false;
        }

        var (depth, quoted, escaped) = (0, false, false);
        while (true)
        {
            c = Peek();
            if (c == -1)
            {
                throw new TraceFileException($"{path}: line {_line}: the array is cut off; expected ']' at its end.");
            }

            if (depth == 0 && !quoted && c is ',' or ']')
            {
                return true;
            }

            Put(Take());
            if (quoted)
            {
                (quoted, escaped) = (escaped || c != '"', !escaped && c == '\\');
            }
            else
            {
                quoted = c == '"';
                depth += c is '{' or '[' ? 1 : c is '}' or ']' ? -1 : 0;
            }
        }
    }

    /// <returns>The byte behind them; −1: there is none.</returns>
    private int SkipBlanks()
    {
        int c;
        while ((c = Peek()) is ' ' or '\t' or '\r' or '\n')
        {
            Take();
        }

        return c;
    }

    private void Put(int value)
    {
        if (_piece.WrittenCount >= MostBytes)
        {
            throw new TraceFileException($"{path}: line {Line}: a row of more than {MostBytes} bytes.");
        }

        _piece.GetSpan(1)[0] = (byte)value;
        _piece.Advance(1);
    }

    private int Peek()
    {
        if (_next == _length)
        {
            (_next, _length) = (0, stream.Read(_buffer));
        }

        return _length == 0 ? -1 : _buffer[_next];
    }

    private int Take()
    {
        var value = Peek();
        if (value >= 0)
        {
            _next++;
            _line += value == '\n' ? 1 : 0;
        }

        return value;
    }

    private void Skip(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Take();
        }
    }
}
