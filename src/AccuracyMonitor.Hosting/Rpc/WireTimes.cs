using Google.Protobuf.WellKnownTypes;

namespace AccuracyMonitor.Hosting.Rpc;

/// <summary>Times as they come on the wire, where any seconds and nanoseconds may stand.</summary>
public static class WireTimes
{
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT: not a time between the years 1 and 9999.</exception>
    public static DateTimeOffset ToTime(string field, Timestamp time)
    {
        try
        {
            return time.ToDateTimeOffset();
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            throw RpcErrors.Invalid(field, $"{field} has {time.Seconds} s and {time.Nanos} ns; it must lie between the years 1 and 9999.");
        }
    }
}
