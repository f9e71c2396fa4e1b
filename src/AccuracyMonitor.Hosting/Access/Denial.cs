using Microsoft.AspNetCore.Http;

namespace AccuracyMonitor.Hosting.Access;

/// <summary>Answers a call that is not allowed: a status of gRPC for gRPC, and 401 or 403 for the rest.</summary>
internal static class Denial
{
    private const int PermissionDenied = 7;
    private const int Unauthenticated = 16;

    public static async Task WriteAsync(HttpContext context, Caller caller, Roles? needed)
    {
        var role = needed is { } known ? $"the role {Grant.NameOf(known)}" : "a role that nobody has";
        var message = caller.IsAuthenticated
            ? $"{caller.Subject} needs {role} (Access:Grants)."
            : $"This call needs {role}: bring a token that is valid, or a client certificate.";
        var response = context.Response;
        if (ExpectsGrpc(context.Request))
        {
            // Trailers only, as gRPC wants an error that comes before any message.
            response.ContentType = "application/grpc";
            response.Headers["grpc-status"] = $"{(caller.IsAuthenticated ? PermissionDenied : Unauthenticated)}";
            response.Headers["grpc-message"] = Uri.EscapeDataString(message);
            return;
        }

        response.StatusCode = caller.IsAuthenticated ? StatusCodes.Status403Forbidden : StatusCodes.Status401Unauthorized;
        if (!caller.IsAuthenticated)
        {
            response.Headers.WWWAuthenticate = "Bearer";
        }

        response.ContentType = "text/plain; charset=utf-8";
        await response.WriteAsync(message + "\n", context.RequestAborted);
    }

    /// <summary>Whether the caller expects a status of gRPC. The caller chooses it, so nothing but the form of the answer may depend on it.</summary>
    private static bool ExpectsGrpc(HttpRequest request) => request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) == true;
}
