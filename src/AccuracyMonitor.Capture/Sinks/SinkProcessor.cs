using AccuracyMonitor.Capture.Bodies;
using AccuracyMonitor.Capture.OpenInference;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Capture.Sinks;

/// <summary>
/// Takes events to the intake: each once, answers of the components asked for, in whatever order the halves of a call come. An answer is
/// scored at once; it waits for its request only where nothing but the request names the model.
/// </summary>
internal sealed class SinkProcessor
{
    public const string Source = "sink";
    private const string AnyComponent = "*";

    private readonly Lock _lock = new();
    private readonly CaptureFeed _feed;
    private readonly InputRing _inputs;
    private readonly ICaptureMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly AnswerBodies _bodies;
    private readonly RecentEvents _seen;
    private readonly PendingCalls _pending;
    private readonly HashSet<string>? _components;

    public SinkProcessor(IOptions<SinkOptions> options, CaptureFeed feed, InputRing inputs, ICaptureMetrics metrics, TimeProvider time)
    {
        var settings = options.Value;
        (_feed, _inputs, _metrics, _time) = (feed, inputs, metrics, time);
        _bodies = new AnswerBodies(new OpenInferenceDecoder(new OutputRules(settings.Outputs), settings.DefaultVersion, settings.MaxEventBytes));
        _seen = new RecentEvents(settings.RememberedEvents);
        _pending = new PendingCalls(settings.MaxPendingCalls, settings.MaxPendingBytes, settings.PendingLifetime);
        _components = settings.EffectiveComponents.Contains(AnyComponent, StringComparer.Ordinal)
            ? null
            : new HashSet<string>(settings.EffectiveComponents, StringComparer.Ordinal);
    }

    /// <returns>False if all of it came before.</returns>
    public bool Process(ReceivedEvents received)
    {
        List<InferenceEvent> events = [];
        var unreadable = received.Read(events);
        if (unreadable > 0)
        {
            _metrics.SinkEvents("unreadable", unreadable);
        }

        lock (_lock)
        {
            var isNew = unreadable > 0 || events.Count == 0;
            foreach (var one in events)
            {
                isNew |= Process(one, received.At);
            }

            return isNew;
        }
    }

    /// <summary>Gives up the halves of calls, and the bodies of requests, that have waited too long.</summary>
    public void Expire()
    {
        _inputs.Expire();
        lock (_lock)
        {
            List<CallHalf> alone = [];
            _pending.Expire(_time.GetUtcNow(), alone);
            CountAlone(alone);
        }
    }

    /// <returns>False if it came before.</returns>
    private bool Process(InferenceEvent one, DateTimeOffset at)
    {
        if (!_seen.TryAdd(one.Identity))
        {
            _metrics.SinkEvents("duplicate", 1);
            return false;
        }

        if (one.Kind == EventKind.Other || (_components is not null && one.Component.Length > 0 && !_components.Contains(one.Component)))
        {
            _metrics.SinkEvents("ignored", 1);
            return true;
        }

        _metrics.SinkEvents(one.Kind == EventKind.Request ? "request" : "response", 1);
        var timed = one with { Time = one.Time ?? at };
        if (one.Kind == EventKind.Request)
        {
            TakeRequest(timed);
        }
        else
        {
            TakeAnswer(timed);
        }

        return true;
    }

    private void TakeRequest(InferenceEvent request)
    {
        var (model, version) = GrpcFrames.NamesOf(request.Data);
        var body = _inputs.Begin();
        body?.Append(request.Data.Span);
        var answer = Join(new CallHalf(request.Caller?.Owner ?? "", request.Call, IsRequest: true) { Model = model, Version = version, Body = body });
        if (answer?.Held is { } held)
        {
            Feed(held, _bodies.Decode(held.Data, model, version), body);
        }
        else if (answer is not null)
        {
            // It was scored without its request.
            body?.Release();
        }
    }

    private void TakeAnswer(InferenceEvent answer)
    {
        var captures = answer.Failed ? [CaptureFailure.FailedCall] : _bodies.Decode(answer.Data, answer.Model, "");
        var nameless = captures is [{ CaptureFailure: CaptureFailure.ModelMissing }] && AnswerBodies.CanBeNamedByRequest(answer.Data.Span);

        // A copy: the body that the data is a view of goes back to the budget.
        var half = new CallHalf(answer.Caller?.Owner ?? "", answer.Call, IsRequest: false)
        {
            Held = nameless ? answer with { Data = answer.Data.ToArray() } : null,
        };
        var request = Join(half);
        if (!nameless)
        {
            Feed(answer, captures, request?.Body);
        }
        else if (request is not null)
        {
            Feed(answer, _bodies.Decode(answer.Data, request.Model, request.Version), request.Body);
        }
    }

    private CallHalf? Join(CallHalf half)
    {
        List<CallHalf> alone = [];
        var other = _pending.Join(half, _time.GetUtcNow(), alone);
        CountAlone(alone);
        return other;
    }

    private void CountAlone(List<CallHalf> alone)
    {
        foreach (var half in alone)
        {
            _metrics.SinkUnpaired(half.IsRequest);
            half.Body?.Release();
            if (half.Held is not null)
            {
                _metrics.CaptureFailed(Source, CaptureFailure.ModelMissing.Reason(), 1);
            }
        }
    }

    /// <param name="request">The body of the answer's request. With several messages it is not known which of them it belongs to.</param>
    private void Feed(InferenceEvent answer, IReadOnlyList<CaptureResult> captures, HeldRequest? request)
    {
        var only = captures is [{ Outputs: not null }] ? request : null;
        if (only is null)
        {
            request?.Release();
        }

        var row = 0;
        foreach (var capture in captures)
        {
            if (capture.Outputs is not { } outputs)
            {
                _metrics.CaptureFailed(Source, capture.CaptureFailure.Reason(), 1);
                continue;
            }

            _feed.Submit(Source, outputs, new CalledRows(answer.Call, row) { Caller = answer.Caller }, answer.Time!.Value, only);
            row += outputs.Rows;
        }
    }
}
