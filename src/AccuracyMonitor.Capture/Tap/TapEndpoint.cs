using AccuracyMonitor.Capture.OpenInference;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Yarp.ReverseProxy.Forwarder;

namespace AccuracyMonitor.Capture.Tap;

/// <summary>Forwards every call, and copies the answers of those that ask for predictions.</summary>
internal sealed class TapEndpoint(IHttpForwarder forwarder, TapOptions options, TapQueue queue, UnreachableLog unreachable)
{
    private readonly TapTransformer _transformer = new();
    private readonly IReadOnlyList<string> _idHeaders = options.EffectiveIdHeaders;

    public async Task ForwardAsync(HttpContext context, TapProtocol protocol, TapUpstream upstream)
    {
        Unbound(context);
        var call = TapCall.Of(context.Request, protocol, _idHeaders, out var failure);
        if (call is null)
        {
            if (failure != CaptureFailure.None)
            {
                queue.Counts.CaptureFailed(failure);
            }

            Report(context, protocol, await SendAsync(context, upstream));
            return;
        }

        AnswerCopy copy = protocol == TapProtocol.Grpc ? new GrpcAnswerCopy(call, context.Response, queue) : new RestAnswerCopy(call, context.Response, queue);
        if (!options.IdFromAnswer)
        {
            context.Features.Set(new TapTransformer.ReturnedId(call.Id));
        }

        var caller = context.Response.Body;
        context.Response.Body = new CopyingStream(caller, copy);
        var outcome = CallOutcome.Unreachable;
        try
        {
            var error = await SendAsync(context, upstream);
            outcome = OutcomeOf(context, protocol, error);
            if (outcome == CallOutcome.Unreachable)
            {
                unreachable.Write(upstream.Address, error, context.Features.Get<IForwarderErrorFeature>()?.Exception);
            }

            Report(context, protocol, error);
        }
        finally
        {
            context.Response.Body = caller;
            var ended = outcome;
            context.Response.OnCompleted(() =>
            {
                // Behind the last of the answer's bytes, its trailers.
                copy.Complete(ended);
                queue.Counts.Call(protocol, ended);
                return Task.CompletedTask;
            });
        }
    }

    private ValueTask<ForwarderError> SendAsync(HttpContext context, TapUpstream upstream) =>
        forwarder.SendAsync(context, upstream.Address.GetLeftPart(UriPartial.Authority), upstream.Client, upstream.Request, _transformer);

    /// <summary>How large an input may be, and how slow, is the model server's to say.</summary>
    private static void Unbound(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }
    }

    /// <summary>
    /// gRPC's status is copied only behind a whole answer. A server may end with success before it has read the whole request,
    /// which the forwarder calls an error of the request's body.
    /// </summary>
    private static CallOutcome OutcomeOf(HttpContext context, TapProtocol protocol, ForwarderError error)
    {
        var status = protocol == TapProtocol.Grpc ? GrpcStatus(context) : null;
        if (error != ForwarderError.None && status is null)
        {
            return context.RequestAborted.IsCancellationRequested ? CallOutcome.Cancelled : CallOutcome.Unreachable;
        }

        var succeeded = context.Response.StatusCode == StatusCodes.Status200OK && (protocol == TapProtocol.Rest || status == "0");
        return succeeded ? CallOutcome.Answered : CallOutcome.Failed;
    }

    /// <summary>In the trailers, or in the headers of an answer without a body.</summary>
    private static string? GrpcStatus(HttpContext context)
    {
        const string Name = "grpc-status";
        return context.Features.Get<IHttpResponseTrailersFeature>()?.Trailers[Name] is [{ } status, ..] ? status : context.Response.Headers[Name];
    }

    /// <summary>A gRPC caller is told in its own terms that the model server was not reached.</summary>
    private static void Report(HttpContext context, TapProtocol protocol, ForwarderError error)
    {
        if (error == ForwarderError.None || protocol != TapProtocol.Grpc || context.Response.HasStarted)
        {
            return;
        }

        var response = context.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/grpc";
        response.Headers["grpc-status"] = ((int)StatusCode.Unavailable).ToString(System.Globalization.CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = $"The model server was not reached ({error}).";
    }
}
