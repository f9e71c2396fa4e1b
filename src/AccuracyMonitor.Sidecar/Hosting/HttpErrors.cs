using AccuracyMonitor.Sidecar.Observability;

namespace AccuracyMonitor.Sidecar.Hosting;

/// <summary>
/// Answers 500 with an id that the log has where a page, the sink's endpoint or the middleware before them fails. Errors of the gRPC services do not come
/// this far: <see cref="ErrorInterceptor"/> maps them.
/// </summary>
internal sealed class HttpErrors(RequestDelegate next, InternalErrorCounter errors, ILogger<HttpErrors> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (Exception e) when (!IsOfTheCaller(e, context))
        {
            var id = ErrorId.New();
            errors.Count("http");
            SidecarLog.HttpFailed(logger, context.Request.Method, context.Request.Path, id, e);
            if (context.Response.HasStarted)
            {
                // The caller must not take what was sent so far for the whole answer.
                context.Abort();
                return;
            }

            context.Response.Clear();
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            context.Response.ContentType = "text/plain; charset=utf-8";
            await context.Response.WriteAsync($"The request failed unexpectedly; the sidecar's log has the cause under {id}.\n", context.RequestAborted);
        }
    }

    /// <summary>A malformed request, which the server answers itself, or a connection that broke.</summary>
    private static bool IsOfTheCaller(Exception exception, HttpContext context) =>
        exception is BadHttpRequestException or IOException || context.RequestAborted.IsCancellationRequested;
}
