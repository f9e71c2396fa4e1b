using System.Globalization;

namespace AccuracyMonitor.Scoring.Networks;

/// <summary>
/// How large a monitor may be to be loaded. The bounds of the metadata hold for each number alone; these hold for their product: a file of 7 MB
/// may have members that need a gigabyte.
/// </summary>
/// <param name="MemoryBytes">Most memory while the monitor is loaded, in bytes, as <see cref="MonitorCost"/> computes it.</param>
/// <param name="FlopsPerPrediction">Most floating-point operations to score one prediction.</param>
public sealed record MonitorBounds(long MemoryBytes = 96L << 20, long FlopsPerPrediction = 16_000_000)
{
    /// <summary>While a file is read and written again to compare, its bytes and the weights in them are held several times.</summary>
    private const int CopiesOfFile = 6;

    private const string Remedy = "Train fewer or narrower members, or raise the setting.";

    /// <exception cref="MonitorFileException">The file alone is too large.</exception>
    public void CheckFile(long bytes)
    {
        if (bytes > MemoryBytes / CopiesOfFile)
        {
            throw new MonitorFileException(string.Create(
                CultureInfo.InvariantCulture,
                $"Monitor file: {bytes} bytes; at most {MemoryBytes / CopiesOfFile} are read, a sixth of Scoring:MaxMonitorBytes. {Remedy}"));
        }
    }

    /// <exception cref="MonitorFileException">The members together are too large.</exception>
    public void Check(MonitorMetadata metadata)
    {
        var cost = MonitorCost.Of(metadata);
        var shape = string.Create(
                CultureInfo.InvariantCulture,
            $"class_count {metadata.ClassCount}, hidden_widths {string.Join('×', metadata.HiddenWidths)}, members {metadata.Members}, "
            + $"dropout_rate {metadata.DropoutRate}");
        if (cost.MemoryBytes > MemoryBytes)
        {
            throw new MonitorFileException(string.Create(
                CultureInfo.InvariantCulture,
                $"Monitor file: loading it takes {cost.MemoryBytes} bytes ({shape}); at most {MemoryBytes} are allowed (Scoring:MaxMonitorBytes). {Remedy}"));
        }

        if (cost.FlopsPerPrediction > FlopsPerPrediction)
        {
            throw new MonitorFileException(string.Create(
                CultureInfo.InvariantCulture,
                $"Monitor file: a prediction takes {cost.FlopsPerPrediction} operations ({shape}); at most {FlopsPerPrediction} are allowed "
                + $"(Scoring:MaxMonitorFlops). {Remedy}"));
        }
    }
}
