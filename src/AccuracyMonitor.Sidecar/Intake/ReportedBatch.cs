using AccuracyMonitor.Capture;
using AccuracyMonitor.Hosting.Access;

namespace AccuracyMonitor.Sidecar.Intake;

/// <summary>
/// Predictions of one model version as a source hands them over, none of it checked. The memory is the source's: it is read until the call that takes the
/// batch returns.
/// </summary>
internal readonly record struct ReportedBatch
{
    public required string Model { get; init; }

    public required string Version { get; init; }

    /// <summary>Who reports it; null: nobody, it was seen by the tap.</summary>
    public Caller? Caller { get; init; }

    /// <summary>A declared segment, or empty.</summary>
    public string Segment { get; init; } = "";

    /// <summary>K.</summary>
    public required uint Classes { get; init; }

    public ValueForm Form { get; init; }

    public RowEncoding Encoding { get; init; }

    /// <summary>Of <see cref="RowEncoding.TopK"/>: how many probabilities a row has; fewer than K.</summary>
    public uint Top { get; init; }

    /// <summary>Little-endian rows in the <see cref="Encoding"/>.</summary>
    public required ReadOnlyMemory<byte> Values { get; init; }

    /// <summary>Of <see cref="RowEncoding.TopK"/>: <see cref="Top"/> little-endian uint16 a row.</summary>
    public ReadOnlyMemory<byte> TopClasses { get; init; }

    /// <summary>One for each row, or empty: then the sidecar makes them.</summary>
    public required IReadOnlyList<string> Ids { get; init; }

    /// <summary>Where the inputs are kept: a URI for each row, which may be empty, or no entries.</summary>
    public IReadOnlyList<string> InputReferences { get; init; } = [];

    /// <summary>Microseconds since the Unix epoch, one for each row, or empty: then <see cref="Time"/> is that of every row.</summary>
    public IReadOnlyList<long> TimesUnixUs { get; init; } = [];

    /// <summary>Null: the time of arrival.</summary>
    public DateTimeOffset? Time { get; init; }

    public ReportedBatch()
    {
    }

    /// <summary>Values kept of a row: K, or <see cref="Top"/>.</summary>
    public int Width => (int)(Encoding == RowEncoding.TopK ? Top : Classes);

    /// <summary>Bytes of a row in <see cref="Values"/>.</summary>
    public int RowBytes => Encoding switch
    {
        RowEncoding.Float16 => (int)Classes * 2,
        RowEncoding.TopK => ((int)Top + 1) * sizeof(float),
        _ => (int)Classes * sizeof(float),
    };
}

/// <summary>How a row is written.</summary>
internal enum RowEncoding
{
    /// <summary>K float32.</summary>
    Float32,

    /// <summary>K IEEE 754 half-precision values.</summary>
    Float16,

    /// <summary>The largest probabilities in falling order, then the mass of all other classes: float32.</summary>
    TopK,
}
