using AccuracyMonitor.V1;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccuracyMonitor.Client;

/// <summary>
/// Reports softmax outputs to the sidecar without ever blocking or failing the caller: a bounded queue, batches in the background, drop and
/// count when the sidecar is slow or away, reconnect by itself.
/// </summary>
public sealed class MonitorClient : IAsyncDisposable
{
    private const int MaxAttempts = 8;

    private readonly MonitorClientOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly PredictionRing _ring;
    private readonly Batcher _batcher;
    private readonly Reporter _reporter;
    private readonly LossReport _losses;
    private readonly LabelRequestFeed _labelRequests;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort;
    private readonly GrpcChannel _channel;
    private readonly InputSender _inputs;
    private readonly Attachers _attachers;
    private readonly Task _loop;
    private readonly Task _sendingInputs;

    // Apart from _stop: predictions are still taken from the ring, and sent, after that.
    private volatile bool _closed;
    private int _disposing;

    private MonitorClient(MonitorClientOptions options, ILogger? logger, TimeProvider? time)
    {
        options.ThrowIfInvalid();
        _options = options with { };
        _logger = logger ?? NullLogger.Instance;
        _time = time ?? TimeProvider.System;
        _abort = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _time);
        _ring = new PredictionRing(options.QueueCapacity, options.ClassCount);
        _channel = MonitorChannel.Create(options.Address, options.ToCredentials());
        Counters = new ClientCounters(options.Model, options.Version, () => _ring.Pushed, () => _ring.Count);
        _losses = new LossReport(_options, Counters, _logger, _time);
        _labelRequests = new LabelRequestFeed(Counters.CountLabelRequestsMissed);
        _batcher = new Batcher(_options, _ring, _time);
        _reporter = new Reporter(_options, _channel, _batcher, Counters, _losses, RaiseLabelRequested, _logger, _time);
        _inputs = new InputSender(_options, _channel, Counters, _logger, _time);
        _attachers = new Attachers(Counters.CountInputDropped);
        LabelRequested += (_, request) => _attachers.Attach(request.PredictionId);
        _loop = Task.Run(() => _reporter.RunAsync(_stop.Token, _abort.Token));
        _sendingInputs = Task.Run(() => _inputs.RunAsync(_abort.Token));
    }

    /// <summary>
    /// A label is wanted. Raised on the thread that reads answers: a handler that blocks stops reporting (never serving); what it throws is
    /// logged and swallowed.
    /// </summary>
    public event EventHandler<LabelRequestedEventArgs>? LabelRequested;

    /// <summary>What was observed, accepted, rejected and dropped.</summary>
    public ClientCounters Counters { get; }

    /// <summary>How rows are sent: what the sidecar last said suffices, full precision until then.</summary>
    public ValueEncoding Encoding => _reporter.Encoding;

    /// <summary>K: length of every vector.</summary>
    public int ClassCount => _options.ClassCount;

    /// <summary>Starts reporting. The sidecar need not be there yet.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static MonitorClient Connect(MonitorClientOptions options, ILogger? logger = null, TimeProvider? time = null) => new(options, logger, time);

    /// <summary>Hands over one vector (copied): softmax, or logits where the options say so. Never blocks, throws or allocates.</summary>
    /// <param name="probabilities">Length K.</param>
    /// <param name="id">1–128 characters, unique per model version.</param>
    /// <param name="time">When the prediction was made; default now.</param>
    /// <returns>False if it was not taken; that is counted. While the queue is full the oldest prediction makes room, and is counted.</returns>
    public bool Observe(ReadOnlySpan<float> probabilities, string id, DateTimeOffset? time = null)
    {
        if (probabilities.Length != _options.ClassCount || id is not { Length: > 0 and <= 128 })
        {
            Counters.CountInvalid();
            return false;
        }

        if (_stop.IsCancellationRequested)
        {
            Counters.CountLate();
            return false;
        }

        var at = time ?? _time.GetUtcNow();
        var microseconds = (at - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        for (var attempt = 0; !_ring.TryPush(probabilities, id, microseconds); attempt++)
        {
            // Full: the oldest makes room, unless it is being written or other callers keep taking the room. One goes either way.
            if (attempt == MaxAttempts || !_ring.TryDropOldest())
            {
                Counters.CountNoRoom();
                return false;
            }

            Counters.CountOldest();
        }

        // Whoever closed the client may have counted what was left before this one was in; the push is a full fence before the read.
        if (_closed)
        {
            CountLeft();
        }

        return true;
    }

    /// <summary>
    /// Attaches what the model was given to a prediction whose label is wanted, for the person who gives it. Sent in the background, with a few further
    /// attempts; never blocks or throws. At most 16 MiB wait.
    /// </summary>
    /// <param name="predictionId">Of a <see cref="LabelRequested"/> event.</param>
    /// <param name="contentType">A media type, such as <c>image/png</c>, <c>text/plain</c> or <c>application/x-npy</c>; at most 100 characters.</param>
    /// <param name="content">1 byte up to what the sidecar takes (1 MiB by default). Must not change any more.</param>
    /// <returns>False if it was not taken; that is counted (<see cref="ClientCounters.InputsDropped"/>).</returns>
    public bool AttachInput(string predictionId, string contentType, ReadOnlyMemory<byte> content) => _inputs.TryAdd(predictionId, contentType, content);

    /// <summary>
    /// Attaches what <paramref name="held"/> has of each prediction whose label is wanted from now on, and takes it out. Hold an input before its prediction is
    /// observed. A wanted one that nothing holds, or no longer, is counted (<see cref="ClientCounters.InputsDropped"/>).
    /// </summary>
    /// <param name="held">Inputs by prediction id.</param>
    /// <param name="contentType">As in <see cref="AttachInput"/>.</param>
    /// <param name="content">Makes the bytes of an input; called on the thread that reads answers.</param>
    /// <returns>Ends it. Until then the client refers to <paramref name="held"/>.</returns>
    public IDisposable AttachFrom<T>(KeepRing<T> held, string contentType, Func<T, ReadOnlyMemory<byte>> content)
    {
        ArgumentNullException.ThrowIfNull(held);
        ArgumentNullException.ThrowIfNull(contentType);
        ArgumentNullException.ThrowIfNull(content);
        return _attachers.Add(id =>
        {
            if (!held.TryTake(id, out var input))
            {
                return false;
            }

            AttachInput(id, contentType, content(input));
            return true;
        });
    }

    /// <summary>For code that wraps a model's runtime: counts predictions whose output it could not read.</summary>
    /// <param name="rows">At least 1.</param>
    public void CountUnreadable(int rows)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        Counters.CountUnreadable(rows);
    }

    /// <summary>
    /// The requests made from now on, as a stream with a place for <paramref name="capacity"/> of them; a reader that falls behind loses the
    /// oldest, counted. Ends when the client is disposed. Each call is a stream of its own, and must be read.
    /// </summary>
    /// <param name="capacity">At least 1. Default 1,024.</param>
    public IAsyncEnumerable<LabelRequestedEventArgs> LabelRequests(int capacity = 1024)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        return _labelRequests.Open(capacity);
    }

    /// <summary>Sends what is queued, waiting at most <see cref="MonitorClientOptions.ResponseTimeout"/>, then closes.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposing, 1) == 1)
        {
            await _loop;
            return;
        }

        await _stop.CancelAsync();
        _abort.CancelAfter(_options.ResponseTimeout);
        await _loop;
        _inputs.Close();
        await _sendingInputs;
        Counters.CountClosed(_batcher.DropUnsent());
        _closed = true;
        Interlocked.MemoryBarrier();
        while (_ring.Count > 0)
        {
            CountLeft();
            await Task.Yield();
        }

        _losses.Dispose();
        _labelRequests.Close();
        _channel.Dispose();
        Counters.Dispose();
        _stop.Dispose();
        _abort.Dispose();
    }

    private void CountLeft()
    {
        while (_ring.TryDropOldest())
        {
            Counters.CountClosed(1);
        }
    }

    private void RaiseLabelRequested(ItemResult item)
    {
        var request = new LabelRequestedEventArgs(item.Id, item.CorrectnessScore);
        _labelRequests.Publish(request);
        try
        {
            LabelRequested?.Invoke(this, request);
        }
#pragma warning disable CA1031 // A handler's failure must not end reporting.
        catch (Exception e)
#pragma warning restore CA1031
        {
            ClientLog.HandlerFailed(_logger, item.Id, e);
        }
    }
}
