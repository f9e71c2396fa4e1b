using AccuracyMonitor.Core;
using AccuracyMonitor.Hosting.Access;
using Microsoft.Net.Http.Headers;

namespace AccuracyMonitor.Sidecar.Inputs;

/// <summary>A stored input as a browser can show it. What is in an input is a caller's, so nothing of it is run and nobody else's page can show it.</summary>
internal static class InputPage
{
    public const string Path = "/label/input";

    /// <summary>Renderings at a time: each holds a few times the bytes of its input.</summary>
    private static readonly SemaphoreSlim Room = new(4);

    public static void MapInputPage(this WebApplication app) => app.MapGet(Path, WriteAsync);

    private static async Task WriteAsync(HttpContext context)
    {
        var (model, version, id) = (Of(context, "model"), Of(context, "version"), Of(context, "id"));
        var headers = context.Response.Headers;
        headers[HeaderNames.CacheControl] = "no-store";
        headers[HeaderNames.XContentTypeOptions] = "nosniff";
        headers[HeaderNames.ContentSecurityPolicy] = "default-src 'none'; sandbox";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        if (model.Length == 0 || version.Length == 0 || id.Length == 0)
        {
            await AnswerAsync(context, StatusCodes.Status400BadRequest, "model, version and id must be given.\n");
            return;
        }

        if (!Caller.Of(context).May(Roles.Label, model))
        {
            context.RequestServices.GetRequiredService<IAccessMetrics>().Denied("forbidden");
            await AnswerAsync(context, StatusCodes.Status403Forbidden, $"You do not have the role label for the model '{model}' (Access:Grants).\n");
            return;
        }

        await Room.WaitAsync(context.RequestAborted);
        RenderedInput? rendered = null;
        try
        {
            var input = await context.RequestServices.GetRequiredService<InputStore>().FindAsync(
                new ModelKey(model, version), id, Caller.Of(context).Subject, context.RequestAborted);
            rendered = input is null ? null : context.RequestServices.GetRequiredService<InputRendering>().Render(model, input);
        }
        finally
        {
            Room.Release();
        }

        if (rendered is null)
        {
            await AnswerAsync(context, StatusCodes.Status404NotFound, $"No input is kept for prediction '{id}' of {model}:{version}.\n");
            return;
        }

        context.Response.ContentType = rendered.ContentType;
        context.Response.ContentLength = rendered.Content.Length;
        await context.Response.Body.WriteAsync(rendered.Content, context.RequestAborted);
    }

    private static string Of(HttpContext context, string name) => context.Request.Query[name].ToString();

    private static Task AnswerAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }
}
