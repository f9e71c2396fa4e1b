using System.Runtime.InteropServices;
using AccuracyMonitor.Core.Estimation;

namespace AccuracyMonitor.Cli.Evaluation;

/// <summary>How one method did over windows. Adds up over repeats and over conditions.</summary>
[StructLayout(LayoutKind.Auto)]
internal record struct Tally
{
    public long Windows { get; private set; }

    private double Error { get; set; }

    private double SquaredError { get; set; }

    private double Width { get; set; }

    private long Covered { get; set; }

    /// <summary>Mean of estimate − truth.</summary>
    public readonly double Bias => Error / Windows;

    public readonly double RootMeanSquareError => Math.Sqrt(SquaredError / Windows);

    public readonly double Coverage => (double)Covered / Windows;

    public readonly double MeanWidth => Width / Windows;

    public void Add(Interval interval, double truth)
    {
        // Both are ratios of the same count: equal but for rounding is equal.
        const double Rounding = 1e-12;
        var error = interval.Value - truth;
        Windows++;
        Error += error;
        SquaredError += error * error;
        Width += interval.Width;
        Covered += truth >= interval.Lower - Rounding && truth <= interval.Upper + Rounding ? 1 : 0;
    }

    public void Merge(in Tally other)
    {
        Windows += other.Windows;
        Error += other.Error;
        SquaredError += other.SquaredError;
        Width += other.Width;
        Covered += other.Covered;
    }
}
