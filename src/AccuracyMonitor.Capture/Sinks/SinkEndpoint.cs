using AccuracyMonitor.Capture.OpenInference;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Hosting.Access;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Capture.Sinks;

/// <summary>
/// Answers every POST with 200 as soon as its body is here, whatever becomes of it: a logger that is refused tries no second time, and one that is
/// kept waiting holds up the call it logs.
/// </summary>
internal sealed class SinkEndpoint(SinkQueue queue, EventTee tee, IOptions<SinkOptions> options, ICaptureMetrics metrics, TimeProvider time)
{
    public const string ModelMeshPath = "/consumer/kserve/v2";
    public const string MarshalPath = "/marshal";

    public async Task ReceiveAsync(HttpContext context)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = HttpMethods.Post;
            return;
        }

        if (await ReadAsync(context) is not { } body)
        {
            tee.Missed();
            return;
        }

        // The reader of the queue passes it on: it knows whether the event came before.
        var received = ReceivedEvents.Of(context.Request, body, time.GetUtcNow(), tee.Of(context.Request)) with { Caller = Caller.Of(context) };
        if (!body.TryHoldMore(received.HeaderBytes))
        {
            tee.Missed();
            Dropped(CaptureFailure.QueueFull.Reason());
        }
        else
        {
            Add(received, body);
        }

        try
        {
            await AnswerAsync(context, body);
        }
        finally
        {
            body.Release();
        }
    }

    private void Add(ReceivedEvents received, PooledBody body)
    {
        body.Share();
        if (!queue.TryAdd(received))
        {
            tee.Offer(received.Tee, body);
            body.Release();
            Dropped(CaptureFailure.QueueFull.Reason());
        }
    }

    private async Task<PooledBody?> ReadAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            // The bound is ours, so that what is beyond it is counted.
            size.MaxRequestBodySize = null;
        }

        try
        {
            var (outcome, body) = await BodyReader.ReadAsync(
                context.Request.Body, context.Request.ContentLength, options.Value.MaxEventBytes,
                new PeerBytes(queue.Budget, context.Connection.PeerName()), context.RequestAborted);
            if (outcome != BodyOutcome.Read)
            {
                Dropped(outcome == BodyOutcome.TooLarge ? CaptureFailure.TooLarge.Reason() : CaptureFailure.QueueFull.Reason());
            }

            return body;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            metrics.SinkEvents("unreadable", 1);
            return null;
        }
    }

    /// <summary>KServe's agent stores what the marshaller answers: the same, as its own does with JSON.</summary>
    private static async Task AnswerAsync(HttpContext context, PooledBody body)
    {
        if (context.Request.Path.StartsWithSegments(MarshalPath, StringComparison.Ordinal))
        {
            context.Response.ContentType = "application/json";
            context.Response.Headers["X-Log-Marshal-Extension"] = "json";
            await context.Response.Body.WriteAsync(body.Memory, context.RequestAborted);
        }
    }

    /// <summary>Requests among them can't be told from answers any more: the number of answers missed is at most this.</summary>
    private void Dropped(string reason)
    {
        metrics.SinkEvents("dropped", 1);
        metrics.CaptureFailed(SinkProcessor.Source, reason, 1);
    }
}
