using System.Globalization;
using AccuracyMonitor.Bridge.Journal;
using AccuracyMonitor.Bridge.Queue;
using AccuracyMonitor.Bridge.Sync;
using Microsoft.AspNetCore.Http;

namespace AccuracyMonitor.Bridge.Serving;

/// <summary>Shows stored inputs to the browsers of annotators, at addresses that the bridge has signed.</summary>
/// <param name="journal">Holds the items that addresses name.</param>
/// <param name="addresses">Checks the addresses.</param>
/// <param name="queue">Holds the inputs.</param>
/// <param name="origin">Origin of the labelling tool: only its pages may read inputs.</param>
internal sealed class InputEndpoint(BridgeJournal journal, InputAddresses addresses, LabelQueue queue, string origin)
{
    public async Task HandleAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        response.Headers.AccessControlAllowOrigin = origin;
        response.Headers.CacheControl = "private, no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        if (!long.TryParse((string?)request.RouteValues["id"], NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            || journal.FindById(id) is not { } item
            || !addresses.IsValid(item, request.Query["exp"], request.Query["sig"]))
        {
            response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        try
        {
            await SendAsync(context, item);
        }
        catch (QueueException)
        {
            response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
    }

    /// <remarks>For HEAD too: the server leaves the body out.</remarks>
    private async Task SendAsync(HttpContext context, JournalItem item)
    {
        if (await queue.InputAsync(item.Key, context.RequestAborted) is not { } input || !addresses.CanServe(input.ContentType))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        context.Response.ContentType = input.ContentType;
        context.Response.ContentLength = input.Content.Length;
        await context.Response.Body.WriteAsync(input.Content.Memory, context.RequestAborted);
    }
}
