using AccuracyMonitor.Sidecar.Hosting;

namespace AccuracyMonitor.Sidecar.Intake;

/// <summary>Refusals that are the sidecar's own fault. They name no cause: the log has it under the id.</summary>
internal static class InternalErrors
{
    public const string ScoringFailed = "SCORING_FAILED";

    public static BatchRefusal Scoring(string id) =>
        new("batch", ScoringFailed, $"The batch could not be scored; the sidecar's log has the cause under {id}.", RefusalKind.Internal) { ErrorId = id };

    public static BatchRefusal Unexpected(string field, string id) =>
        new(field, RpcErrors.InternalError, $"An unexpected error; the sidecar's log has the cause under {id}.", RefusalKind.Internal) { ErrorId = id };
}
