using System.Threading.Channels;
using AccuracyMonitor.Capture.Bodies;
using AccuracyMonitor.Capture.OpenInference;

namespace AccuracyMonitor.Capture.Tap;

/// <summary>A copy of an answer, or of one message of a stream.</summary>
/// <param name="Call">Whose it is.</param>
/// <param name="Body">Released when it has been read.</param>
/// <param name="Flag">Of gRPC: the frame's first byte.</param>
/// <param name="Encoding">The header grpc-encoding or content-encoding; null: none.</param>
/// <param name="JsonLength">Of REST: the header Inference-Header-Content-Length; null: none.</param>
/// <param name="At">When it had passed.</param>
internal sealed record TappedAnswer(TapCall Call, PooledBody Body, byte Flag, string? Encoding, long? JsonLength, DateTimeOffset At);

/// <summary>What passed and waits to be read, bounded by number and bytes. It outlives the part that reads it: then it is full, and counts.</summary>
internal sealed class TapQueue(TapOptions options, TimeProvider time, ILogger logger, InputRing? inputs = null)
{
    private readonly LogLimiter _defects = new(time, TimeSpan.FromMinutes(1));

    private readonly Channel<TappedAnswer> _channel = Channel.CreateBounded<TappedAnswer>(
        new BoundedChannelOptions(options.MaxQueuedAnswers) { SingleReader = true });

    public ChannelReader<TappedAnswer> Reader => _channel.Reader;

    public ByteBudget Budget { get; } = new(options.MaxQueuedBytes);

    /// <summary>Null: no bodies of requests are held.</summary>
    public InputRing? Inputs { get; } = inputs;

    public TapCounts Counts { get; } = new();

    public int MaxAnswerBytes { get; } = options.MaxAnswerBytes;

    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>An exception that nothing foresaw ended the reading of an answer or of a connection. It is counted, and logged at most once a minute.</summary>
    public void Failed(Exception exception)
    {
        Counts.CaptureFailed(CaptureFailure.DecoderFailed);
        if (_defects.Count() is > 0 and var count)
        {
            CaptureLog.AnswerFailed(logger, count, exception);
        }
    }

    /// <summary>Adds, or drops and counts.</summary>
    public void Add(TappedAnswer answer)
    {
        if (!_channel.Writer.TryWrite(answer))
        {
            answer.Body.Release();
            answer.Call.Request?.Release();
            Counts.CaptureFailed(CaptureFailure.QueueFull);
        }
    }
}
