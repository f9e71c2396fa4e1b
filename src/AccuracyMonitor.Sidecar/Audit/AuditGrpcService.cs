using System.Globalization;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Storage;
using AccuracyMonitor.Storage.Audit;
using AccuracyMonitor.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using AuditAction = AccuracyMonitor.V1.AuditAction;
using AuditEntry = AccuracyMonitor.V1.AuditEntry;
using StoredEntry = AccuracyMonitor.Storage.Audit.AuditEntry;

namespace AccuracyMonitor.Sidecar.Audit;

internal sealed class AuditGrpcService(MonitorStore store) : AuditService.AuditServiceBase
{
    public override async Task<ListAuditEntriesResponse> ListAuditEntries(ListAuditEntriesRequest request, ServerCallContext context)
    {
        var size = Paging.Size(request.PageSize);

        // One more than is asked for says whether there are more.
        var query = new AuditQuery
        {
            Model = request.Model,
            Version = request.Version,
            Since = request.Since is { } since ? WireTimes.ToTime("since", since) : DateTimeOffset.MinValue,
            Before = Paging.Before(request.PageToken),
            Limit = size + 1,
        };
        var entries = await store.AuditAsync(query, context.CancellationToken);
        return new ListAuditEntriesResponse
        {
            Entries = { entries.Take(size).Select(ToWire) },
            NextPageToken = entries.Count > size ? entries[size - 1].Sequence.ToString(CultureInfo.InvariantCulture) : "",
        };
    }

    private static AuditEntry ToWire(StoredEntry entry) => new()
    {
        Sequence = entry.Sequence,
        Time = entry.Origin.At.ToTimestamp(),
        Actor = entry.Origin.By.Subject,
        PeerAddress = entry.Origin.By.Address,
        Action = (AuditAction)entry.Action,
        Model = entry.Key.Model,
        Version = entry.Key.Version,
        Detail = entry.Detail,
    };
}
