using AccuracyMonitor.Core;
using AccuracyMonitor.Storage.Fleet;

namespace AccuracyMonitor.Sidecar.Fleet;

/// <summary>What one report is to hold.</summary>
internal sealed record ReportPiece(IReadOnlyList<FleetChange> Changes, IReadOnlyList<ModelReport> Models)
{
    public static ReportPiece Empty { get; } = new([], []);

    public int Count => Changes.Count + Models.Count;

    /// <summary>Two pieces that together hold the same, in the same order; of at least two.</summary>
    public (ReportPiece First, ReportPiece Second) Halves()
    {
        var (half, changes) = (Count / 2, Changes.Count);
        return half <= changes
            ? (new ReportPiece([.. Changes.Take(half)], []), new ReportPiece([.. Changes.Skip(half)], Models))
            : (new ReportPiece(Changes, [.. Models.Take(half - changes)]), new ReportPiece([], [.. Models.Skip(half - changes)]));
    }
}
