using AccuracyMonitor.Storage;
using Grpc.Core;

namespace AccuracyMonitor.Sidecar.Hosting;

/// <summary>The statuses of what the store refuses.</summary>
internal static class StoreErrors
{
    public static RpcException ToRpc(StoreException e) => e switch
    {
        StoreFullException => RpcErrors.Exhausted("STORAGE_FULL", e.Message),
        StoreBusyException => RpcErrors.Exhausted("STORAGE_BUSY", e.Message),
        _ => RpcErrors.Unavailable("STORAGE_ERROR", e.Message),
    };
}
