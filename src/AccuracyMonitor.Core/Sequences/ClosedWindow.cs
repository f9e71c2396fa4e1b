using System.Runtime.InteropServices;
using AccuracyMonitor.Core.Estimation;

namespace AccuracyMonitor.Core.Sequences;

/// <summary>A stretch of prediction time whose labels are complete: the input of <see cref="AsymptoticSequence"/>.</summary>
/// <param name="Start">UTC.</param>
/// <param name="End">After <paramref name="Start"/>.</param>
/// <param name="Accuracy">Audited estimate, [0,1].</param>
/// <param name="StandardError">Standard error of the estimate, positive.</param>
/// <param name="Labels">At least <see cref="ClosedWindows.MinLabels"/>.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ClosedWindow(DateTimeOffset Start, DateTimeOffset End, double Accuracy, double StandardError, long Labels)
{
    /// <summary>Of the width of the two-sided 95 % interval that the standard error was made of.</summary>
    public Interval Interval => NormalInterval.Around(Accuracy, StandardError * StandardError, ClosedWindows.IntervalAlpha);
}
