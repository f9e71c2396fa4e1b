using AccuracyMonitor.Capture.OpenInference;
using AccuracyMonitor.Hosting;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Capture.Tap;

/// <summary>Reads the copies of answers, behind the bytes that pass; what fails here fails nothing but itself.</summary>
internal sealed class TapWorker : BackgroundService
{
    public const string Source = "tap";

    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(250);

    // While calls arrive the worker polls the queue. Waking it for each answer cost the next call more than reading the answer did
    // (docs/measurements/benchmarks.md, "benchmarks tap").
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);
    private static readonly Task<DeclaredOutput?> NotNeeded = Task.FromResult<DeclaredOutput?>(null);

    private readonly TapOptions _options;
    private readonly OpenInferenceDecoder _decoder;
    private readonly ModelOutputs _outputs;
    private readonly CaptureFeed _feed;
    private readonly ICaptureMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly AnswersAwaitingMetadata _awaiting;
    private TapQueue? _queue;

    public TapWorker(IOptions<TapOptions> options, ModelOutputs outputs, CaptureFeed feed, ICaptureMetrics metrics, TimeProvider time)
    {
        (_options, _outputs, _feed, _metrics, _time) = (options.Value, outputs, feed, metrics, time);
        _awaiting = new AnswersAwaitingMetadata(_options.MaxQueuedAnswers);
        _decoder = new OpenInferenceDecoder(new OutputRules(_options.Outputs), _options.DefaultVersion, _options.MaxAnswerBytes);
    }

    /// <summary>Of reading answers.</summary>
    public WorkProgress Progress { get; } = new();

    public bool HasWork => _queue?.Reader.Count > 0;

    /// <summary>Before it is started.</summary>
    public void Attach(TapQueue queue) => _queue = queue;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_queue is not { } queue)
        {
            return;
        }

        await using var timer = _time.CreateTimer(_ => Tick(queue), state: null, TickInterval, TickInterval);
        await Task.Run(() => RunAsync(queue, stoppingToken), CancellationToken.None);
        queue.Counts.MoveTo(_metrics);
    }

    private void Tick(TapQueue queue)
    {
        queue.Counts.MoveTo(_metrics);
        queue.Inputs?.Expire();
    }

    private async Task RunAsync(TapQueue queue, CancellationToken stop)
    {
        var last = _time.GetTimestamp();
        while (!stop.IsCancellationRequested)
        {
            var isBusy = _awaiting.Count > 0 || _time.GetElapsedTime(last) < Idle;
            var next = isBusy ? Task.Delay(Pause, _time, stop) : queue.Reader.WaitToReadAsync(stop).AsTask();
            await next.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ReadReady();
            while (!stop.IsCancellationRequested && queue.Reader.TryRead(out var answer))
            {
                Read(answer);
                ReadReady();
                last = _time.GetTimestamp();
            }
        }

        // Calls go on passing: what waits at this moment is still read, what comes behind it is not, or the end would never come.
        for (var left = queue.Reader.Count; left > 0 && queue.Reader.TryRead(out var answer); left--)
        {
            Read(answer);
        }

        await _awaiting.AllLookUps;
        ReadReady();
    }

    private void ReadReady()
    {
        foreach (var (answer, declared) in _awaiting.TakeReady())
        {
            Read(answer, Task.FromResult(declared));
        }
    }

    /// <param name="answer">Released, unless it has to wait for the model's metadata.</param>
    /// <param name="known">What the metadata says; null: to be looked up where it is needed.</param>
    private void Read(TappedAnswer answer, Task<DeclaredOutput?>? known = null)
    {
        var waits = false;
        Progress.Begin();
        try
        {
            var failure = TryDecode(answer, out var decoded);
            if (failure != CaptureFailure.None)
            {
                Take(answer, failure);
                return;
            }

            var lookUp = known ?? LookUp(answer, decoded!);

            // Also behind answers of the same model that still wait: a stream's rows are numbered in order.
            var mustWait = known is null && (!lookUp.IsCompleted || _awaiting.HoldsAny(decoded!.Model, decoded.Version));
            waits = mustWait && _awaiting.TryAdd(decoded!.Model, decoded.Version, answer, lookUp);
            if (!waits)
            {
                Take(answer, mustWait ? CaptureFailure.QueueFull : _decoder.Choose(decoded!, lookUp.Result));
            }
        }
#pragma warning disable CA1031 // One answer that meets a defect of ours must not end the loop: it is counted, and the log has the exception.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _queue!.Failed(e);
        }
        finally
        {
            Progress.End();
            if (!waits)
            {
                answer.Body.Release();
            }
        }
    }

    private void Take(TappedAnswer answer, CaptureResult capture)
    {
        if (capture.Outputs is not { } outputs)
        {
            _metrics.CaptureFailed(Source, capture.CaptureFailure.Reason(), 1);
            answer.Call.Request?.Release();
        }
        else if (_options.IdFromAnswer && outputs.Id.Length is > 0 and <= TapCall.MaxId)
        {
            _feed.Submit(Source, outputs, new CalledRows(outputs.Id, First: 0), answer.At, answer.Call.Request);
        }
        else
        {
            _feed.Submit(Source, outputs, new CalledRows(answer.Call.Id, answer.Call.Rows), answer.At, answer.Call.Request);
            answer.Call.Rows += outputs.Rows;
        }
    }

    private CaptureFailure TryDecode(TappedAnswer answer, out InferenceAnswer? decoded)
    {
        var (call, body) = (answer.Call, answer.Body.Memory);
        return call.Protocol == TapProtocol.Rest
            ? _decoder.TryReadRest(body, answer.Encoding, answer.JsonLength, call.Model, call.Version, out decoded)
            : _decoder.TryReadFramed(body, answer.Flag, answer.Encoding, call.IsStreamed, out decoded);
    }

    private Task<DeclaredOutput?> LookUp(TappedAnswer answer, InferenceAnswer decoded) =>
        _decoder.NeedsMetadata(decoded) ? _outputs.Of(decoded.Model, decoded.Version, answer.Call.Protocol) : NotNeeded;
}
