using AccuracyMonitor.Injector.Observability;
using Microsoft.AspNetCore.Http.Features;

namespace AccuracyMonitor.Injector.Serving;

/// <summary><c>POST /mutate</c>.</summary>
internal sealed class MutateEndpoint(PodReviewer reviewer, InjectorMetrics metrics, ILogger<MutateEndpoint> logger)
{
    public const string Path = "/mutate";

    /// <summary>The API server takes objects of up to 3 MiB; a review has two of them at most.</summary>
    private const int MaxBody = 8 << 20;

    public async Task HandleAsync(HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = MaxBody;
        }

        AdmissionRequest request;
        try
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body, http.RequestAborted);
            request = AdmissionReview.Read(body.GetBuffer().AsSpan(0, (int)body.Length));
        }
        catch (Exception e) when (e is FormatException or BadHttpRequestException)
        {
            metrics.Malformed();
            InjectorLog.NotAReview(logger, e.Message);
            http.Response.StatusCode = e is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status400BadRequest;
            await http.Response.WriteAsync(e.Message, http.RequestAborted);
            return;
        }

        var answer = await reviewer.ReviewAsync(request, http.RequestAborted);
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(answer.ToJsonString(), http.RequestAborted);
    }
}
