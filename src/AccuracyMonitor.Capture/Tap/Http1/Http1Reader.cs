using System.Buffers;
using System.Globalization;
using System.Text;
using AccuracyMonitor.Capture.Bodies;

namespace AccuracyMonitor.Capture.Tap.Http1;

/// <summary>Reads an HTTP/1.1 connection: answers come in the order of the requests.</summary>
internal sealed class Http1Reader(ReadCalls calls) : ConnectionReader
{
    /// <summary>Requests that may be sent before the first of them is answered.</summary>
    private const int MaxPipelined = 1 << 12;

    private const int MaxStatusLine = 8192;

    private static readonly SearchValues<byte> NotInStatusLine = SearchValues.Create([.. Enumerable.Range(0, 32).Except([9, 10, 13]).Select(b => (byte)b)]);

    private readonly Http1Scanner _caller = new();
    private readonly Http1Scanner _server = new();
    private readonly Queue<Exchange> _exchanges = [];

    /// <summary>Of the request whose body passes; null: it is not held.</summary>
    private HeldRequest? _sending;

    public override bool IsIdle => _exchanges.Count == 0 && _caller.IsAtStart;

    public override bool IsAnsweredEarly => _caller.IsInBody && (_exchanges.Count == 0 || _server.IsUntilEnd);

    public override ReadOnlyMemory<byte> ClosingFrames => default;

    public override int HeldBytes => _caller.HeldBytes + _server.HeldBytes;

    public override PassingStep OfCaller(ReadOnlySequence<byte> bytes)
    {
        foreach (var segment in bytes)
        {
            var rest = segment.Span;
            for (var e = Http1Event.Head; e != Http1Event.NeedsMore;)
            {
                e = _caller.Next(ref rest, out var body);
                if (e == Http1Event.Head)
                {
                    Begin(Http1Head.Parse(_caller.Head));
                }

                _sending?.Append(body);
            }
        }

        return new PassingStep(bytes.Length);
    }

    public override PassingStep OfServer(ReadOnlySequence<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return PassingStep.NeedsMore;
        }

        if (!_exchanges.TryPeek(out var exchange))
        {
            throw new FormatException("an answer that nobody asked for");
        }

        if (_server.IsAtStart && exchange is { IdIsDue: true, Call.IdToReturn: { } id })
        {
            var line = StatusLine(bytes);
            if (line.Length == 0)
            {
                return PassingStep.NeedsMore;
            }

            exchange.IdIsDue = line is [.., (byte)'\n'] && StatusOf(line) < 200;
            if (!exchange.IdIsDue && line is [.., (byte)'\n'])
            {
                _ = Scan(new ReadOnlySequence<byte>(line), exchange);
                return new PassingStep(line.Length, (byte[])[.. line, .. Encoding.ASCII.GetBytes($"{TapCall.IdHeader}: {id}\r\n")]);
            }
        }

        return new PassingStep(Scan(bytes, exchange));
    }

    public override void Drain()
    {
        // HTTP/1.1 has no word for it; the connection ends once no call is under way.
    }

    public override void End(CallOutcome outcome, bool isOrderly)
    {
        if (isOrderly && _server.IsUntilEnd && _exchanges.TryDequeue(out var ended))
        {
            ended.Call?.Complete(ended.Call.Outcome);
        }

        while (_exchanges.TryDequeue(out var exchange))
        {
            exchange.Call?.Complete(outcome);
        }
    }

    public override byte[] Unreachable() => "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray();

    /// <returns>With its end of line; without one where it can't be a status line; empty: more is needed.</returns>
    private static byte[] StatusLine(ReadOnlySequence<byte> bytes)
    {
        var start = bytes.Slice(0, Math.Min(bytes.Length, MaxStatusLine)).ToArray();
        var end = Array.IndexOf(start, (byte)'\n');
        var prefix = "HTTP/1."u8;
        var common = Math.Min(start.Length, prefix.Length);
        var isPossible = start.Length < MaxStatusLine && start.AsSpan(0, common).SequenceEqual(prefix[..common])
                && !start.AsSpan().ContainsAny(NotInStatusLine);
        return end >= 0 ? start[..(end + 1)] : isPossible ? [] : start;
    }

    private static int StatusOf(ReadOnlySpan<byte> line) =>
        line.StartsWith("HTTP/1."u8) && line.Length >= 12 && int.TryParse(line[9..12], NumberStyles.None, CultureInfo.InvariantCulture, out var status)
            ? status
            : throw new FormatException("no status line");

    private void Begin(Http1Head head)
    {
        if (head.FirstLine.Split(' ') is not [var method, var target, var version] || !version.StartsWith("HTTP/1.", StringComparison.Ordinal)
            || _exchanges.Count >= MaxPipelined)
        {
            throw new FormatException("no request");
        }

        var request = calls.NewRequest();
        (request.Method, request.Target) = (method, target);
        foreach (var field in head.Fields)
        {
            request.Take(field);
        }

        var call = calls.Of(request);
        _sending = call?.Request;
        _exchanges.Enqueue(new Exchange(method, call));
        _caller.BodyIs(head, without: false, untilEnd: false);
    }

    /// <summary>Reads up to the end of an answer.</summary>
    /// <returns>How many bytes that are.</returns>
    private long Scan(ReadOnlySequence<byte> bytes, Exchange exchange)
    {
        var scanned = 0L;
        foreach (var segment in bytes)
        {
            var rest = segment.Span;
            var e = Http1Event.Head;
            while (e is not (Http1Event.NeedsMore or Http1Event.End))
            {
                e = _server.Next(ref rest, out var body);
                if (e == Http1Event.Head)
                {
                    Take(Http1Head.Parse(_server.Head), exchange);
                }

                exchange.Call?.Copy.Append(body);
            }

            scanned += segment.Length - rest.Length;
            if (e == Http1Event.End)
            {
                End(exchange);
                break;
            }
        }

        return scanned;
    }

    private void Take(Http1Head head, Exchange exchange)
    {
        var status = StatusOf(Encoding.Latin1.GetBytes(head.FirstLine));
        if (status == 101 || (exchange.Method == "CONNECT" && status is >= 200 and < 300))
        {
            throw new FormatException("another protocol from here on");
        }

        exchange.Status = status;
        if (exchange.Call is { } call && status >= 200)
        {
            call.Head.Status = status;
            foreach (var field in head.Fields)
            {
                call.Head.Take(field);
            }
        }

        _server.BodyIs(head, without: exchange.Method == "HEAD" || status is < 200 or 204 or 304, untilEnd: true);
    }

    private void End(Exchange exchange)
    {
        if (exchange.Status >= 200)
        {
            _exchanges.Dequeue();
            exchange.Call?.Complete(exchange.Call.Outcome);
        }
    }

    private sealed class Exchange(string method, ReadCall? call)
    {
        public string Method { get; } = method;

        /// <summary>Null: the answer is not read.</summary>
        public ReadCall? Call { get; } = call;

        public bool IdIsDue { get; set; } = call?.IdToReturn is not null;

        public int Status { get; set; }
    }
}
