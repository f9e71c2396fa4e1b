using System.IO.Pipelines;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Sidecar.Observability;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Hosting;

/// <summary>
/// The bytes of gRPC messages that have come and not been handed over yet, over all calls. gRPC reads a message whole before anything of ours sees it,
/// so six callers that each send most of a large message held six such messages: here each byte is charged when it arrives, and the call
/// that brings too many is refused.
/// </summary>
internal sealed class MessageBudget(IOptions<MemoryOptions> options, AccuracyMonitorMetrics metrics, TimeProvider time)
{
    private readonly PeerBudget _budget = options.Value.NewReadBudget();

    public TimeProvider Time => time;

    /// <summary>From a message's first byte to its last.</summary>
    public TimeSpan MessageTimeout => options.Value.MessageTimeout;

    public long Held => _budget.Held;

    /// <returns>Null if it was taken; else the reason for the caller. It has been counted.</returns>
    public string? TryTake(string peer, long bytes, long ofMessage)
    {
        if (_budget.TryTake(peer, bytes))
        {
            return null;
        }

        metrics.Refused(RefusalReasons.ReadBudget);
        return ofMessage + bytes > _budget.Share
            ? $"The message has more than {_budget.Share} bytes, what one peer may have under way (three quarters of Memory:ReadBytes). Send smaller batches."
            : $"{_budget.Held} bytes of messages are being read; at most {_budget.Total} may be, {_budget.Share} of one peer (Memory:ReadBytes). "
                + "Try again later.";
    }

    public void Return(string peer, long bytes) => _budget.Return(peer, bytes);

    public string TimedOut()
    {
        metrics.Refused(RefusalReasons.ReadTimeout);
        return $"A message did not arrive whole within {MessageTimeout.TotalSeconds:0.###} s (Memory:MessageTimeout).";
    }

    /// <summary>Puts the reader of every gRPC call behind this budget.</summary>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) != true)
        {
            await next(context);
            return;
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            // Kestrel's bound of 30 MB holds for the body; ours holds for a message, and is the same for unary and streaming calls.
            size.MaxRequestBodySize = null;
        }

        using var reader = new BudgetedReader(context.Request.BodyReader, this, context.Connection.PeerName());
        context.Features.Set(reader);
        context.Features.Set<IRequestBodyPipeFeature>(new Body(reader));
        await next(context);
    }

    private sealed class Body(PipeReader reader) : IRequestBodyPipeFeature
    {
        public PipeReader Reader => reader;
    }
}
