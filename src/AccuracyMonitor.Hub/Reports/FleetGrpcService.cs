using AccuracyMonitor.Hosting.Access;
using AccuracyMonitor.Hub.Observability;
using AccuracyMonitor.Hub.Store;
using AccuracyMonitor.V1;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Hub.Reports;

/// <summary>Takes reports: parse, check, store.</summary>
internal sealed class FleetGrpcService(
    ReportStore store, HubMetrics metrics, IOptions<DatabaseOptions> database, TimeProvider time, ILogger<FleetGrpcService> logger)
    : FleetService.FleetServiceBase
{
    public override async Task<ReportResponse> Report(ReportRequest request, ServerCallContext context)
    {
        var refusals = new Refusals();
        var report = ReportMapping.FromWire(
            request, Caller.Of(context.GetHttpContext()), new TimeLimits(time.GetUtcNow(), database.Value.Retention), refusals);
        var stored = await store.ApplyAsync(report, context.CancellationToken);
        foreach (var (field, reason) in stored.Refused)
        {
            refusals.Add(field, reason);
        }

        switch (stored.Outcome)
        {
            case ReportOutcome.Superseded:
                metrics.Reported("superseded");
                throw RpcErrors.Aborted("SUPERSEDED", $"Report {report.Number} of the source is older than the last one that is stored.");
            case ReportOutcome.Lost:
                metrics.Reported("lost");
                HubLog.ReportsLost(logger, report.Sender.Source, report.Sender.Instance, $"{report.Acknowledged}");
                throw RpcErrors.Precondition(
                    "REPORTS_LOST", $"The hub does not have report {report.Acknowledged} of the source, which it acknowledged. Report all that you hold.");
            case ReportOutcome.NotOwner:
                metrics.Reported("not_owner");
                throw RpcErrors.Forbidden($"Source {report.Sender.Source} belongs to another caller than {report.Sender.Owner}.");
        }

        metrics.Reported("stored");
        metrics.Changed("buckets", report.Buckets.Count);
        metrics.Changed("requests", report.Requests.Count);
        metrics.Changed("forgotten", report.Forgotten.Count);
        metrics.Refused(refusals.Count);
        if (refusals.Count > 0)
        {
            HubLog.Refused(
                logger, refusals.Count, report.Sender.Source, report.Sender.Instance, refusals.Named[0].Field, refusals.Named[0].Reason);
        }

        return new ReportResponse
        {
            Refused = { refusals.Named },
            RefusedCount = (ulong)refusals.Count,
        };
    }
}
