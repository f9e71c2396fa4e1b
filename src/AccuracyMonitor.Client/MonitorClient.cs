using System.Runtime.InteropServices;
using AccuracyMonitor.V1;
using Google.Protobuf;
using Grpc.Core;
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

    // No upper limit, and never disposed: a producer that wakes the loop late, even after the end, must not meet an exception.
    private readonly SemaphoreSlim _wake = new(0);
    private readonly LabelRequestFeed _labelRequests;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly GrpcChannel _channel;
    private readonly Task _loop;
    private int _sleeping;
    private float[] _rows = [];

    // What the sidecar last said suffices; an encoding's number and, above it, how many values. Written by the reading half of the loop.
    private volatile int _sufficient = (int)ValueEncoding.Float32;

    private MonitorClient(MonitorClientOptions options, ILogger? logger, TimeProvider? time)
    {
        options.ThrowIfInvalid();
        _options = options with { };
        _logger = logger ?? NullLogger.Instance;
        _time = time ?? TimeProvider.System;
        _ring = new PredictionRing(options.QueueCapacity, options.ClassCount);
        _channel = MonitorChannel.Create(options.Address, options.CertificateAuthorityFile);
        Counters = new ClientCounters(options.Model, options.Version, () => _ring.Count);
        _labelRequests = new LabelRequestFeed(Counters.CountLabelRequestsMissed);
        _loop = Task.Run(RunAsync);
    }

    /// <summary>
    /// A label is wanted. Raised on the thread that reads answers: a handler that blocks stops reporting (never serving); what it throws is
    /// logged and swallowed.
    /// </summary>
    public event EventHandler<LabelRequestedEventArgs>? LabelRequested;

    /// <summary>What was observed, accepted, rejected and dropped.</summary>
    public ClientCounters Counters { get; }

    /// <summary>How rows are sent: what the sidecar last said suffices, full precision until then.</summary>
    public ValueEncoding Encoding => _options.ShorterEncodings ? (ValueEncoding)(_sufficient & 0xFF) : ValueEncoding.Float32;

    /// <summary>K: length of every vector.</summary>
    public int ClassCount => _options.ClassCount;

    /// <summary>Starts reporting. The sidecar need not be there yet.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static MonitorClient Connect(MonitorClientOptions options, ILogger? logger = null, TimeProvider? time = null) => new(options, logger, time);

    /// <summary>Hands over one vector (copied): softmax, or logits where the options say so. Never blocks, throws or allocates.</summary>
    /// <param name="probabilities">Length K.</param>
    /// <param name="id">1–128 characters, unique per model version.</param>
    /// <param name="time">When the prediction was made; default now.</param>
    /// <returns>False: not taken, and counted. While the queue is full the oldest prediction makes room, and is counted.</returns>
    public bool Observe(ReadOnlySpan<float> probabilities, string id, DateTimeOffset? time = null)
    {
        Counters.CountObserved();
        if (probabilities.Length != _options.ClassCount || id is not { Length: > 0 and <= 128 })
        {
            Counters.CountInvalid();
            return false;
        }

        if (_stop.IsCancellationRequested)
        {
            Counters.CountClosed(1);
            return false;
        }

        var at = time ?? _time.GetUtcNow();
        var microseconds = (at - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        for (var attempt = 0; !_ring.TryPush(probabilities, id, microseconds); attempt++)
        {
            // Full: the oldest makes room, unless it is being written or other callers keep taking the room. One goes either way.
            Counters.CountFull();
            if (attempt == MaxAttempts || !_ring.TryDropOldest())
            {
                return false;
            }
        }

        if (Volatile.Read(ref _sleeping) == 1 && Interlocked.Exchange(ref _sleeping, 0) == 1)
        {
            _wake.Release();
        }

        return true;
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
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        await _stop.CancelAsync();
        if (Interlocked.Exchange(ref _sleeping, 0) == 1)
        {
            _wake.Release();
        }

        _abort.CancelAfter(_options.ResponseTimeout);
        await _loop;
        Counters.CountClosed(_ring.Count);
        _labelRequests.Close();
        _channel.Dispose();
        Counters.Dispose();
        _stop.Dispose();
        _abort.Dispose();
    }

    private async Task RunAsync()
    {
        var delay = TimeSpan.FromMilliseconds(50);
        for (var attempt = 0; !_abort.IsCancellationRequested; attempt++)
        {
            if (attempt > 0)
            {
                Counters.CountReconnect();
            }

            try
            {
                var answeredAny = await ObserveUntilFailureAsync();
                if (_stop.IsCancellationRequested)
                {
                    return;
                }

                delay = answeredAny ? TimeSpan.FromMilliseconds(50) : delay;
            }
#pragma warning disable CA1031 // Whatever goes wrong here must not reach the serving application: it is counted and tried again.
            catch (Exception e)
#pragma warning restore CA1031
            {
                ClientLog.ConnectionLost(_logger, _options.Address, e.Message);
            }

            if (_stop.IsCancellationRequested)
            {
                return;
            }

            try
            {
                await Task.Delay(delay, _time, _stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            delay = delay * 2 < _options.MaxReconnectDelay ? delay * 2 : _options.MaxReconnectDelay;
        }
    }

    /// <summary>One connection's life. Returns when stopped or when the stream failed; true when the sidecar answered at least once.</summary>
    private async Task<bool> ObserveUntilFailureAsync()
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(_abort.Token);
        using var call = new PredictionService.PredictionServiceClient(_channel).Observe(cancellationToken: linked.Token);
        using var inFlight = new InFlight(_options.MaxInFlight);
        var reader = ReadAsync(call.ResponseStream, inFlight, linked.Token);
        try
        {
            ulong sequence = 0;
            while (await NextBatchAsync(reader) is { } batch)
            {
                // Counted from here on, whatever ends the wait: what was taken from the ring is answered or lost.
                inFlight.Taken(batch.Ids.Count);
                if (!await inFlight.WaitAsync(_options.ResponseTimeout, linked.Token))
                {
                    throw new TimeoutException($"No answer for {_options.ResponseTimeout}.");
                }

                await call.RequestStream.WriteAsync(new ObserveRequest { Batch = batch, Sequence = sequence++, Brief = true }, linked.Token);
            }

            if (!reader.IsCompleted)
            {
                await call.RequestStream.CompleteAsync();
            }

            await reader.WaitAsync(_options.ResponseTimeout, _time, linked.Token);
        }
        finally
        {
            await linked.CancelAsync();
            await reader.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            Counters.CountDisconnected(inFlight.Unanswered);
        }

        return inFlight.AnsweredAny;
    }

    /// <summary>Waits for predictions. Null: stop, or the connection is gone.</summary>
    private async Task<PredictionBatch?> NextBatchAsync(Task reader)
    {
        while (_ring.Count == 0)
        {
            if (_stop.IsCancellationRequested || reader.IsCompleted)
            {
                return null;
            }

            Volatile.Write(ref _sleeping, 1);
            if (_ring.Count > 0 && Interlocked.Exchange(ref _sleeping, 0) == 1)
            {
                break;
            }

            await _wake.WaitAsync(TimeSpan.FromMilliseconds(200));
            Volatile.Write(ref _sleeping, 0);
        }

        if (_ring.Count < _options.BatchSize && _options.FlushInterval > TimeSpan.Zero && !_stop.IsCancellationRequested)
        {
            await Task.Delay(_options.FlushInterval, _time);
        }

        while (!reader.IsCompleted)
        {
            if (TakeBatch() is { Ids.Count: > 0 } batch)
            {
                return batch;
            }

            // The first in the queue is still being written.
            await Task.Yield();
        }

        return null;
    }

    private PredictionBatch TakeBatch()
    {
        var classes = _options.ClassCount;
        var rows = Math.Min(_options.BatchSize, _ring.Count);
        if (_rows.Length < rows * classes)
        {
            _rows = new float[rows * classes];
        }

        var batch = new PredictionBatch
        {
            Model = _options.Model,
            Version = _options.Version,
            Segment = _options.Segment,
            ClassCount = (uint)classes,
        };

        var taken = 0;
        while (taken < rows && _ring.TryPop(_rows.AsSpan(taken * classes, classes), out var id, out var time))
        {
            batch.Ids.Add(id);
            batch.TimesUnixUs.Add(time);
            taken++;
        }

        var sufficient = _options.ShorterEncodings ? _sufficient : (int)ValueEncoding.Float32;
        BatchEncoder.Encode(batch, _rows.AsSpan(0, taken * classes), _options.Logits, (ValueEncoding)(sufficient & 0xFF), sufficient >> 8);
        return batch;
    }

    private async Task ReadAsync(IAsyncStreamReader<ObserveResponse> responses, InFlight inFlight, CancellationToken cancel)
    {
        await foreach (var response in responses.ReadAllAsync(cancel))
        {
            var rows = inFlight.Answered();
            if (response.Error is { } error)
            {
                Counters.CountRefused(rows);
                ClientLog.BatchRefused(_logger, rows, error.Reason, error.Message);
                continue;
            }

            Counters.CountAnswered(response.Accepted, response.Rejected);
            _sufficient = (int)response.SufficientEncoding | (int)Math.Min(response.SufficientTop, 64) << 8;
            foreach (var item in response.Items)
            {
                if (item.LabelRequested)
                {
                    RaiseLabelRequested(item);
                }
                else if (item.Status is not (ItemStatus.Accepted or ItemStatus.Duplicate))
                {
                    ClientLog.ItemRejected(_logger, item.Id, item.Reason);
                }
            }
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
