using System.Runtime.InteropServices;
using AccuracyMonitor.Core.Estimation;

namespace AccuracyMonitor.Evaluation.Judging.Windows;

/// <summary>What one method said of one window.</summary>
/// <param name="Value">Estimated accuracy.</param>
/// <param name="Bounds">Its interval, where the method has one.</param>
/// <param name="Labels">Labels of the window that it used.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Outcome(double Value, Interval? Bounds, int Labels)
{
    public static Outcome Of(Interval interval, int labels) => new(interval.Value, interval, labels);

    /// <summary>Without an estimate nothing is known: ½, and anything is possible.</summary>
    public static Outcome Of(AccuracyEstimate estimate, int labels) =>
        Of(estimate.State == EstimateState.Ok ? new Interval(estimate.Value, estimate.Lower, estimate.Upper) : new Interval(0.5, 0, 1), labels);
}
