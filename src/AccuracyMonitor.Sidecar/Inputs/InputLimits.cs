using AccuracyMonitor.Storage.Inputs;

namespace AccuracyMonitor.Sidecar.Inputs;

/// <summary>The bounds on inputs beside those on the whole database.</summary>
/// <param name="options">As set.</param>
/// <param name="storeBytes">What the database may use.</param>
internal sealed class InputLimits(InputOptions options, long storeBytes)
{
    public int MaxBytes => options.MaxBytes;

    /// <summary>Inputs that somebody waits for are never deleted for room, so without this bound they would push labels out of a small database.</summary>
    public long MaxTotalBytes { get; } = Math.Min(options.MaxTotalBytes, storeBytes / 2);

    public InputBounds At(DateTimeOffset now) => new(MaxTotalBytes, now - options.Retention, now - options.KeepAfterLabel);
}
