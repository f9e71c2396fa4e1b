using Yarp.ReverseProxy.Forwarder;

namespace AccuracyMonitor.Capture.Tap;

/// <summary>Everything passes as it is, the Host header included; the answer to a call for predictions gets the call's id besides.</summary>
internal sealed class TapTransformer : HttpTransformer
{
    public override ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is not null && httpContext.Features.Get<ReturnedId>() is { } id)
        {
            httpContext.Response.Headers[TapCall.IdHeader] = id.Value;
        }

        return base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
    }

    /// <summary>The id that the caller is told.</summary>
    internal sealed record ReturnedId(string Value);
}
