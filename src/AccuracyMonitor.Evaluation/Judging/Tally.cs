using System.Runtime.InteropServices;
using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Evaluation.Judging.Windows;

namespace AccuracyMonitor.Evaluation.Judging;

/// <summary>How one method did over windows. Adds up over repeats and over conditions.</summary>
[StructLayout(LayoutKind.Auto)]
internal record struct Tally
{
    public long Windows { get; private set; }

    private double Error { get; set; }

    private double SquaredError { get; set; }

    private double AbsoluteError { get; set; }

    private double Width { get; set; }

    private double LabelsUsed { get; set; }

    private long Intervals { get; set; }

    private long Covered { get; set; }

    /// <summary>Mean of estimate − truth.</summary>
    public readonly double Bias => Error / Windows;

    public readonly double MeanSquareError => SquaredError / Windows;

    public readonly double RootMeanSquareError => Math.Sqrt(MeanSquareError);

    public readonly double MeanAbsoluteError => AbsoluteError / Windows;

    /// <summary>Share of the intervals that held the truth; null for a method without.</summary>
    public readonly double? Coverage => Intervals > 0 ? (double)Covered / Intervals : null;

    public readonly double? MeanWidth => Intervals > 0 ? Width / Intervals : null;

    public readonly double Labels => LabelsUsed / Windows;

    public void Add(in Outcome outcome, double truth)
    {
        var error = outcome.Value - truth;
        Windows++;
        Error += error;
        SquaredError += error * error;
        AbsoluteError += Math.Abs(error);
        LabelsUsed += outcome.Labels;
        if (outcome.Bounds is { } bounds)
        {
            Intervals++;
            Width += bounds.Width;
            Covered += Holds(bounds, truth) ? 1 : 0;
        }
    }

    /// <summary>Whether an interval covers the truth.</summary>
    public static bool Holds(in Interval bounds, double truth)
    {
        // Both are ratios of the same count: equal but for rounding is equal.
        const double Rounding = 1e-12;
        return truth >= bounds.Lower - Rounding && truth <= bounds.Upper + Rounding;
    }

    /// <summary>A bound on the error, known without a window: counts as so many windows without an interval.</summary>
    public static Tally OfBound(double meanSquareError, int labels, int windows) => new()
    {
        Windows = windows,
        SquaredError = meanSquareError * windows,
        AbsoluteError = Math.Sqrt(meanSquareError * 2 / Math.PI) * windows,
        LabelsUsed = (double)labels * windows,
    };

    public void Merge(in Tally other)
    {
        Windows += other.Windows;
        Error += other.Error;
        SquaredError += other.SquaredError;
        AbsoluteError += other.AbsoluteError;
        Width += other.Width;
        LabelsUsed += other.LabelsUsed;
        Intervals += other.Intervals;
        Covered += other.Covered;
    }
}
