using AccuracyMonitor.Sidecar.Intake;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Sidecar.OpenInference;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Tap;

/// <summary>Reads the copies of answers, behind the bytes that pass; what fails here fails nothing but itself.</summary>
internal sealed class TapWorker : BackgroundService
{
    public const string Source = "tap";

    private static readonly TimeSpan LedgerInterval = TimeSpan.FromMilliseconds(250);

    // While calls arrive the worker polls the queue. Waking it for each answer cost the next call more than reading the answer did
    // (docs/measurements/benchmarks.md, "benchmarks tap").
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);

    private readonly TapOptions _options;
    private readonly OpenInferenceDecoder _decoder;
    private readonly ModelOutputs _outputs;
    private readonly CaptureFeed _feed;
    private readonly AccuracyMonitorMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<TapWorker> _logger;
    private TapQueue? _queue;

    public TapWorker(
        IOptions<TapOptions> options, IOptions<IntakeOptions> intake, ModelOutputs outputs, CaptureFeed feed, AccuracyMonitorMetrics metrics, TimeProvider time, ILogger<TapWorker> logger)
    {
        (_options, _outputs, _feed, _metrics, _time, _logger) = (options.Value, outputs, feed, metrics, time, logger);
        _decoder = new OpenInferenceDecoder(new OutputRules(_options.Outputs), _options.DefaultVersion, _options.MaxAnswerBytes, intake.Value.SumTolerance);
    }

    /// <summary>Before it is started.</summary>
    public void Attach(TapQueue queue) => _queue = queue;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_queue is not { } queue)
        {
            return;
        }

        await using var ledger = _time.CreateTimer(_ => queue.Ledger.MoveTo(_metrics), state: null, LedgerInterval, LedgerInterval);
        await Task.Run(() => RunAsync(queue, stoppingToken), CancellationToken.None);
        queue.Ledger.MoveTo(_metrics);
    }

    private async Task RunAsync(TapQueue queue, CancellationToken stop)
    {
        var last = _time.GetTimestamp();
        while (!stop.IsCancellationRequested)
        {
            var next = _time.GetElapsedTime(last) < Idle ? Task.Delay(Pause, _time, stop) : queue.Reader.WaitToReadAsync(stop).AsTask();
            await next.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            while (!stop.IsCancellationRequested && queue.Reader.TryRead(out var answer))
            {
                await ReadAsync(answer);
                last = _time.GetTimestamp();
            }
        }

        // Calls go on passing: what waits at this moment is still read, what comes behind it is not, or the end would never come.
        for (var left = queue.Reader.Count; left > 0 && queue.Reader.TryRead(out var answer); left--)
        {
            await ReadAsync(answer);
        }
    }

    private async Task ReadAsync(TappedAnswer answer)
    {
        try
        {
            var capture = await DecodeAsync(answer);
            if (capture.Outputs is not { } outputs)
            {
                _metrics.Blind(Source, capture.BlindSpot.Reason(), 1);
            }
            else if (_options.IdFromAnswer && outputs.Id.Length is > 0 and <= TapCall.MaxId)
            {
                _feed.Submit(Source, outputs, outputs.Id, firstRow: 0, answer.At);
            }
            else
            {
                _feed.Submit(Source, outputs, answer.Call.Id, answer.Call.Rows, answer.At);
                answer.Call.Rows += outputs.Rows;
            }
        }
#pragma warning disable CA1031 // One answer that meets a defect of ours must not end the loop: it is counted, and the log has the exception.
        catch (Exception e)
#pragma warning restore CA1031
        {
            SidecarLog.AnswerFailed(_logger, e);
            _metrics.Blind(Source, BlindSpot.DecoderFailed.Reason(), 1);
        }
        finally
        {
            answer.Body.Release();
        }
    }

    private async ValueTask<Capture> DecodeAsync(TappedAnswer answer)
    {
        var (call, body) = (answer.Call, answer.Body.Memory);
        InferenceAnswer? read;
        var spot = call.Protocol == TapProtocol.Rest
            ? _decoder.TryReadRest(body, answer.Encoding, answer.JsonLength, call.Model, call.Version, out read)
            : _decoder.TryReadFramed(body, answer.Flag, answer.Encoding, call.IsStreamed, out read);
        if (spot != BlindSpot.None)
        {
            return spot;
        }

        var declared = _decoder.IsNamed(read!.Model) ? null : await _outputs.OfAsync(read.Model, read.Version, call.Protocol, CancellationToken.None);
        return _decoder.Choose(read, declared);
    }
}
