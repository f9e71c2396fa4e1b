using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;

namespace AccuracyMonitor.Hosting.Rpc;

/// <summary>The one place where errors become gRPC statuses, with google.rpc details (field violations, reasons, when to retry).</summary>
public static class RpcErrors
{
    public const string Domain = "accuracy-monitor";

    /// <summary>The reason of an error that nothing else describes.</summary>
    public const string InternalError = "INTERNAL_ERROR";

    /// <summary>The reason of a call that the caller lacks the role for.</summary>
    public const string ForbiddenReason = "FORBIDDEN";

    private static readonly Duration RetryDelay = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(250));

    /// <param name="reason">Stable, for programs.</param>
    /// <param name="message">Without internals.</param>
    /// <param name="id">Under which the log has the cause.</param>
    public static RpcException Internal(string reason, string message, string id) =>
        Build(Code.Internal, message, new ErrorInfo { Domain = Domain, Reason = reason, Metadata = { ["error_id"] = id } });

    /// <param name="id">Under which the log has the cause.</param>
    public static RpcException Unexpected(string id) => Internal(InternalError, $"An unexpected error; the log has the cause under {id}.", id);

    public static RpcException Invalid(string field, string message, string reason = "INVALID_ARGUMENT") => Build(
        Code.InvalidArgument,
        message,
        new BadRequest { FieldViolations = { new BadRequest.Types.FieldViolation { Field = field, Description = message } } },
        new ErrorInfo { Domain = Domain, Reason = reason });

    /// <param name="problem">What the parser of protobuf found.</param>
    public static RpcException Malformed(string problem) => Invalid("request", $"The request is not a valid message: {problem}", "MALFORMED_MESSAGE");

    public static RpcException Exhausted(string reason, string message) => Build(
        Code.ResourceExhausted, message, new ErrorInfo { Domain = Domain, Reason = reason }, new RetryInfo { RetryDelay = RetryDelay });

    public static RpcException NotFound(string reason, string message) =>
        Build(Code.NotFound, message, new ErrorInfo { Domain = Domain, Reason = reason });

    public static RpcException Forbidden(string message, string reason = ForbiddenReason) =>
        Build(Code.PermissionDenied, message, new ErrorInfo { Domain = Domain, Reason = reason });

    public static RpcException Unauthenticated(string message) =>
        Build(Code.Unauthenticated, message, new ErrorInfo { Domain = Domain, Reason = "UNAUTHENTICATED" });

    public static RpcException Precondition(string reason, string message) =>
        Build(Code.FailedPrecondition, message, new ErrorInfo { Domain = Domain, Reason = reason });

    public static RpcException Aborted(string reason, string message) => Build(Code.Aborted, message, new ErrorInfo { Domain = Domain, Reason = reason });

    public static RpcException Unavailable(string reason, string message) => Build(
        Code.Unavailable, message, new ErrorInfo { Domain = Domain, Reason = reason }, new RetryInfo { RetryDelay = RetryDelay });

    private static RpcException Build(Code code, string message, params Google.Protobuf.IMessage[] details)
    {
        var status = new Google.Rpc.Status { Code = (int)code, Message = message };
        status.Details.AddRange(details.Select(Any.Pack));
        return status.ToRpcException();
    }
}
