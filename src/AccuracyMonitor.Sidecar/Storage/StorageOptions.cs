using System.ComponentModel.DataAnnotations;
using AccuracyMonitor.Storage;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Storage;

/// <summary>Where label requests, labels, window summaries and monitors are kept.</summary>
internal sealed class StorageOptions
{
    public const string Section = "Storage";

    /// <summary>The SQLite file. Its folder is made. Default data/accuracy-monitor.db.</summary>
    [Required]
    public string Path { get; set; } = "data/accuracy-monitor.db";

    /// <summary>How often window summaries without label requests are written. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan FlushInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Ended requests, their labels, window summaries and the audit trail are kept this long, and at least the longest window and a day. Default 90 days.
    /// </summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(90);

    /// <summary>
    /// Bytes that the database may use, 16 MiB–1 TiB; keep a fifth of the volume free beside it. Beyond it window sums that no window
    /// reads go before <c>Storage:Retention</c>, then remembered predictions (<c>Truth:Remember</c>), the inputs and then the softmax outputs of ended
    /// requests, whose labels stay, and old labels last. Default 4 GiB.
    /// </summary>
    [Range(16L << 20, 1L << 40)]
    public long MaxBytes { get; set; } = 4L << 30;

    /// <summary>Monitors kept of each model version beside the champion: the newest, and those that a roll-back can return to, 1–1,000. Default 20.</summary>
    [Range(1, 1000)]
    public int MaxMonitors { get; set; } = 20;

    public RetentionBounds ToBounds(DateTimeOffset now) => new(now - Retention) { MaxBytes = MaxBytes, Monitors = MaxMonitors };
}

[OptionsValidator]
internal sealed partial class StorageOptionsValidator : IValidateOptions<StorageOptions>;
