using AccuracyMonitor.Bridge.Journal;
using AccuracyMonitor.Bridge.Sync;
using AccuracyMonitor.Bridge.Tools;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AccuracyMonitor.Bridge.Serving;

/// <summary>Takes webhook calls. It answers at once: the caller waits a second in some versions, and switches the webhook off after 50 failures.</summary>
internal sealed class HookEndpoint(ILabellingTool tool, HintQueue hints, BridgeKey key)
{
    public const string Path = "/webhook";
    private const int MaxBytes = 4 << 20;

    public async Task HandleAsync(HttpContext context)
    {
        if (!tool.IsAuthentic(context.Request.Headers, key.HookSecret))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        // Of a body that is too large only its arrival is used: everything is polled.
        var body = await ReadAsync(context);
        hints.Add(body is null ? ToolHint.Empty : tool.ReadHint(body));
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task<byte[]?> ReadAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }

        using var bytes = new MemoryStream();
        var buffer = new byte[16 << 10];
        int count;
        while ((count = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0)
        {
            if (bytes.Length + count > MaxBytes)
            {
                return null;
            }

            bytes.Write(buffer, 0, count);
        }

        return bytes.ToArray();
    }
}
