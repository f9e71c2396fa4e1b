using System.Runtime.InteropServices;

namespace AccuracyMonitor.Core.Estimation;

/// <summary>What the pointwise estimators need to know of the scores of all predictions, labelled or not.</summary>
/// <param name="Count">N, positive.</param>
/// <param name="Sum">Σg.</param>
/// <param name="SumOfSquares">Σg².</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ScoreMoments(long Count, double Sum, double SumOfSquares)
{
    public double Mean => Sum / Count;

    public double Variance => Math.Max(0, (SumOfSquares / Count) - (Mean * Mean));

    public static ScoreMoments Of(ReadOnlySpan<double> scores)
    {
        var sum = 0.0;
        var squares = 0.0;
        foreach (var g in scores)
        {
            sum += g;
            squares += g * g;
        }

        return new ScoreMoments(scores.Length, sum, squares);
    }
}
