using System.Runtime.InteropServices;
using AccuracyMonitor.Core;

namespace AccuracyMonitor.Storage.Labelling;

/// <summary>
/// How far a reader of the label history has come. The reader holds, of the history as it was at <paramref name="Seen"/>, the current labels whose
/// sequence is at most <paramref name="After"/>.
/// </summary>
/// <param name="Database">Number of the database that the sequences belong to: see <see cref="LabelHistoryPage.Database"/>.</param>
/// <param name="After">Sequence of the last label that the reader has counted.</param>
/// <param name="Seen">Head of the history at the reader's last page, at least <paramref name="After"/>.</param>
/// <param name="Settled">
/// The reader can no longer take out labels up to this sequence: their corrections and retractions are not reported as
/// <see cref="LabelHistoryPage.Changed"/>. What replaces such a label is a new label like any other. 0: all can be taken out.
/// </param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct LabelPosition(int Database, long After, long Seen, long Settled);

/// <summary>Asks for the labels after a position.</summary>
public sealed record LabelHistoryQuery
{
    public required ModelKey Key { get; init; }

    public required LabelPosition Position { get; init; }

    /// <summary>Most labels of the page, 1–10,000.</summary>
    public int Limit { get; init; } = 1000;
}
