using System.Runtime.InteropServices;

namespace AccuracyMonitor.Core.Estimation;

/// <summary>A point with a two-sided interval around it, 0 ≤ Lower ≤ Value ≤ Upper ≤ 1 for an accuracy.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Interval(double Value, double Lower, double Upper)
{
    public double Width => Upper - Lower;

    public bool Contains(double value) => value >= Lower && value <= Upper;
}
