using System.Runtime.InteropServices;
using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Training.BitCentering;

/// <summary>
/// The signed grid {−2^(b−1), …, 2^(b−1)−1}·s of De Sa et al. (arXiv 1803.03383), section 2: Q(v) = s·clamp(⌊v/s + u⌋), u uniform in [0, 1), so that
/// E[Q(v)] = v inside the grid.
/// </summary>
/// <param name="Bits">b, 2…16.</param>
/// <param name="Step">s, positive.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LowPrecisionGrid(int Bits, double Step)
{
    public int Least => -(1 << (Bits - 1));

    public int Most => (1 << (Bits - 1)) - 1;

    /// <summary>The grid whose largest value is <paramref name="reach"/>.</summary>
    public static LowPrecisionGrid Reaching(int bits, double reach) => new(bits, Math.Max(reach, double.Epsilon * 1e30) / ((1 << (bits - 1)) - 1));

    /// <summary>Rounds each value to the grid.</summary>
    /// <param name="values">Changed in place.</param>
    /// <param name="clamped">How often each value lay outside the grid so far; increased by this call.</param>
    /// <param name="random">u.</param>
    public void Round(Span<double> values, Span<int> clamped, ref SplitMix64 random)
    {
        for (var i = 0; i < values.Length; i++)
        {
            var level = Math.Floor((values[i] / Step) + random.NextDouble());
            if (level < Least || level > Most)
            {
                clamped[i]++;
                level = Math.Clamp(level, Least, Most);
            }

            values[i] = level * Step;
        }
    }
}
