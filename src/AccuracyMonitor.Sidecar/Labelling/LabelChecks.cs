using AccuracyMonitor.Sidecar.Hosting;

namespace AccuracyMonitor.Sidecar.Labelling;

/// <summary>Bounds of the fields of calls about labels. Each throws INVALID_ARGUMENT with field, value and bound.</summary>
internal static class LabelChecks
{
    /// <summary>Items of one call.</summary>
    public const int MaxItems = 1000;

    public static void Count(string field, int count)
    {
        if (count is 0 or > MaxItems)
        {
            throw RpcErrors.Invalid(field, $"{field} has {count} entries; it must have 1 to {MaxItems}.");
        }
    }

    public static void Named(string field, string value)
    {
        if (value.Length == 0)
        {
            throw RpcErrors.Invalid(field, $"{field} is empty; it must be named.");
        }
    }

    public static void Length(string field, string value, int bound)
    {
        if (value.Length > bound)
        {
            throw RpcErrors.Invalid(field, $"{field} has {value.Length} characters; it may have at most {bound}.");
        }
    }
}
