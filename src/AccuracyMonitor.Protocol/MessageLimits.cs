namespace AccuracyMonitor.Protocol;

/// <summary>Limits that clients and the sidecar agree on.</summary>
public static class MessageLimits
{
    /// <summary>Largest message either side sends. 4,096 rows of 10,000 classes would be 160 MB, so batches of wide vectors must be smaller.</summary>
    public const int MaxMessageBytes = 64 * 1024 * 1024;
}
