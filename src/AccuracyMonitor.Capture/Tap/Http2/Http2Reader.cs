using System.Buffers;

namespace AccuracyMonitor.Capture.Tap.Http2;

/// <summary>Reads an HTTP/2 connection. It keeps both directions' header tables, so it reads every header that passes.</summary>
/// <param name="calls">Of its port.</param>
/// <param name="isTls">The model server is spoken to with TLS, and expects <c>:scheme</c> to say so.</param>
internal sealed class Http2Reader(ReadCalls calls, bool isTls) : ConnectionReader
{
    /// <summary>Streams under way on one connection; servers allow 100 to a few thousand.</summary>
    private const int MaxStreams = 1 << 16;

    /// <summary>Of a stream under way: its call with the request's names, and its places in the tables. Copies of answers are charged apart.</summary>
    private const int BytesOfStream = 512;

    private const string UnreachableStatus = "14";
    private const byte SchemeHttps = 0x80 | (StaticTable.SchemeHttp + 1);

    private static readonly byte[] Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray();

    private readonly FrameScanner _caller = new();
    private readonly FrameScanner _server = new();

    // Of a stream whose answer is not read the value is null.
    private readonly Dictionary<int, ReadCall?> _streams = [];
    private readonly HashSet<int> _answering = [];
    private bool _isBegun;
    private bool _serverHasBegun;
    private int _lastStream;
    private bool _isToSayGoAway;

    public override bool IsIdle => _streams.Count == 0;

    /// <summary>A stream has its own end; a server that answers early resets it and keeps the connection.</summary>
    public override bool IsAnsweredEarly => false;

    public override ReadOnlyMemory<byte> ClosingFrames => _serverHasBegun && _server.IsBetweenFrames ? Http2Frames.GoAway(_lastStream) : default;

    public override int HeldBytes => _caller.HeldBytes + _server.HeldBytes + (BytesOfStream * _streams.Count);

    public override PassingStep OfCaller(ReadOnlySequence<byte> bytes)
    {
        if (!_isBegun)
        {
            return ReadPreface(bytes);
        }

        var pass = _caller.Next(bytes);
        if (pass == 0)
        {
            return PassingStep.NeedsMore;
        }

        if (_caller.Fields is { } fields && _caller.FieldsOf is { Type: FrameType.Headers, Stream: var stream } && stream > _lastStream)
        {
            Begin(stream, fields);
        }
        else if (_caller.Frame.Type == FrameType.Data && _streams.TryGetValue(_caller.Frame.Stream, out var call) && call?.Request is { } request)
        {
            foreach (var piece in _caller.Data)
            {
                request.Append(piece.Span);
            }
        }
        else if (_caller.Frame.Type == FrameType.ResetStream)
        {
            Complete(_caller.Frame.Stream, CallOutcome.Cancelled);
        }

        if (isTls && _caller.Frame.Type == FrameType.Headers && HeaderBlock.IndexOfSchemeHttp(_caller.FieldsInFrame) is >= 0 and var at)
        {
            var frame = bytes.Slice(0, pass).ToArray();
            frame[pass - _caller.Payload.Length + _caller.Frame.Fields(_caller.Payload).Start.Value + at] = SchemeHttps;
            return new PassingStep(pass, frame);
        }

        return new PassingStep(pass);
    }

    public override PassingStep OfServer(ReadOnlySequence<byte> bytes)
    {
        if (_isToSayGoAway && _serverHasBegun && _server.IsBetweenFrames)
        {
            _isToSayGoAway = false;
            return new PassingStep(0, Http2Frames.GoAway(int.MaxValue));
        }

        var pass = _server.Next(bytes);
        if (pass == 0)
        {
            return PassingStep.NeedsMore;
        }

        _serverHasBegun = true;
        return _server.Frame.Type switch
        {
            FrameType.Headers or FrameType.Continuation when _server.Fields is { } fields => TakeFields(pass, fields),
            FrameType.Data => TakeData(pass),
            FrameType.ResetStream => TakeReset(pass),
            _ => new PassingStep(pass),
        };
    }

    public override void Drain() => _isToSayGoAway = true;

    public override void End(CallOutcome outcome, bool isOrderly)
    {
        foreach (var stream in _streams.Keys.ToArray())
        {
            Complete(stream, outcome);
        }
    }

    public override byte[] Unreachable() =>
    [
        .. Http2Frames.Settings(),
        .. _streams.Keys.SelectMany(stream => Http2Frames.TrailersOnly(stream, UnreachableStatus, "The model server was not reached.")),
        .. Http2Frames.GoAway(_lastStream),
    ];

    private PassingStep ReadPreface(ReadOnlySequence<byte> bytes)
    {
        var start = bytes.Slice(0, Math.Min(bytes.Length, Preface.Length)).ToArray();
        if (!Preface.AsSpan().StartsWith(start))
        {
            throw new FormatException("no HTTP/2");
        }

        _isBegun = start.Length == Preface.Length;
        return _isBegun ? new PassingStep(Preface.Length) : PassingStep.NeedsMore;
    }

    private void Begin(int stream, List<HeaderField> fields)
    {
        if (_streams.Count >= MaxStreams)
        {
            throw new FormatException("too many streams");
        }

        var request = calls.NewRequest();
        foreach (var field in fields)
        {
            if (field.Is(":method"u8))
            {
                request.Method = field.Text;
            }
            else if (field.Is(":path"u8))
            {
                request.Target = field.Text;
            }
            else
            {
                request.Take(field);
            }
        }

        _lastStream = stream;
        _streams.Add(stream, calls.Of(request));
    }

    private PassingStep TakeFields(long pass, List<HeaderField> fields)
    {
        var first = _server.FieldsOf;
        if (!_streams.TryGetValue(first.Stream, out var call) || first.Type != FrameType.Headers)
        {
            return new PassingStep(pass);
        }

        var step = new PassingStep(pass);
        if (call is not null)
        {
            fields.ForEach(call.Head.Take);
            var isHead = call.Head.Status >= 200 && _answering.Add(first.Stream);
            if (isHead && !first.EndsStream && call.IdToReturn is { } id)
            {
                step = new PassingStep(pass, Http2Frames.WithField(_server.Frame, _server.Payload, TapCall.IdHeader, id));
            }
        }

        if (first.EndsStream)
        {
            Complete(first.Stream, call?.Outcome);
        }

        return step;
    }

    private PassingStep TakeData(long pass)
    {
        var frame = _server.Frame;
        if (_streams.TryGetValue(frame.Stream, out var call))
        {
            foreach (var piece in call is null ? default : _server.Data)
            {
                call!.Copy.Append(piece.Span);
            }

            if (frame.EndsStream && _server.IsAtEnd)
            {
                Complete(frame.Stream, call?.Outcome);
            }
        }

        return new PassingStep(pass);
    }

    private PassingStep TakeReset(long pass)
    {
        Complete(_server.Frame.Stream, CallOutcome.Unreachable);
        return new PassingStep(pass);
    }

    private void Complete(int stream, CallOutcome? outcome)
    {
        _answering.Remove(stream);
        if (_streams.Remove(stream, out var call) && call is not null)
        {
            call.Complete(outcome ?? CallOutcome.Failed);
        }
    }
}
