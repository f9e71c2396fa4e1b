using System.Numerics;
using System.Runtime.InteropServices;

namespace AccuracyMonitor.Protocol;

/// <summary>
/// The rule that tells a row of probabilities from anything else: no value is negative or NaN, and the row sums to 1 within <see cref="SumTolerance"/>,
/// both ends included. Clients, the sidecar and the readers of trace files all use it, so a row that one of them takes is taken by all.
/// </summary>
public static class SoftmaxRow
{
    /// <summary>How far a sum may be from 1. Two decimal places per probability are often off by 0.01; half precision over 1,000 classes by 0.002.</summary>
    public const double SumTolerance = 0.01;

    // A decimal number as a float is off by at most 2⁻²⁴ of itself, so a sum near 1 is off by at most 1.01·2⁻²⁴ = 6.1e-8. Without this allowance
    // 0.33 + 0.33 + 0.35 would be out of bounds and 0.50 + 0.25 + 0.26 within.
    private const double Rounding = 1e-7;

    /// <summary>Sum in double precision: the result of a sum of floats would depend on the number of classes and on the processor.</summary>
    /// <param name="row">Any length.</param>
    /// <returns>NaN or infinite if a value is.</returns>
    public static double Sum(ReadOnlySpan<float> row)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(row);
        var totals = Vector<double>.Zero;
        foreach (var vector in vectors)
        {
            Vector.Widen(vector, out var low, out var high);
            totals += low + high;
        }

        var sum = Vector.Sum(totals);
        foreach (var value in row[(vectors.Length * Vector<float>.Count)..])
        {
            sum += value;
        }

        return sum;
    }

    /// <summary>Whether a sum is 1 within the bound; false for NaN.</summary>
    /// <param name="sum">Of <see cref="Sum"/>.</param>
    public static bool SumsToOne(double sum) => Math.Abs(sum - 1) <= SumTolerance + Rounding;

    /// <summary>Whether a row holds probabilities.</summary>
    /// <param name="row">One value per class.</param>
    public static bool IsProbabilities(ReadOnlySpan<float> row)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(row);
        foreach (var vector in vectors)
        {
            if (!Vector.GreaterThanOrEqualAll(vector, Vector<float>.Zero))
            {
                return false;
            }
        }

        foreach (var value in row[(vectors.Length * Vector<float>.Count)..])
        {
            if (!(value >= 0))
            {
                return false;
            }
        }

        return SumsToOne(Sum(row));
    }
}
