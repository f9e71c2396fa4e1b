using System.Numerics.Tensors;
using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Training.Quantized;

/// <summary>
/// A matrix stored as one byte per element, of which the lowest b bits are used: value = zero + level·step, per row. Affine, with B = 2^b −
/// 1 bins over the range of the matrix or of each row. Stochastic rounding ⌊v + u⌋ with u uniform in [0, 1) is unbiased.
/// </summary>
internal sealed class QuantizedMatrix
{
    private readonly byte[] _levels;
    private readonly float[] _zero;
    private readonly float[] _step;
    private readonly HouseholderBlocks? _blocks;

    private QuantizedMatrix(int rows, int columns, byte[] levels, float[] zero, float[] step, HouseholderBlocks? blocks) =>
        (Rows, Columns, _levels, _zero, _step, _blocks) = (rows, columns, levels, zero, step, blocks);

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>Of levels, zeros and steps.</summary>
    public int Bytes => _levels.Length + (4 * (_zero.Length + _step.Length));

    /// <param name="x">Row-major.</param>
    /// <param name="rows">N.</param>
    /// <param name="kind">Not None. A row of one value has no range of its own: it is quantized per tensor.</param>
    /// <param name="bits">2…8.</param>
    /// <param name="random">Of stochastic rounding; null: rounds to nearest.</param>
    public static QuantizedMatrix Of(ReadOnlySpan<float> x, int rows, GradientQuantizer kind, int bits, ref SplitMix64? random)
    {
        var columns = x.Length / rows;
        kind = columns == 1 ? GradientQuantizer.Ptq : kind;
        var blocks = kind == GradientQuantizer.Bhq ? HouseholderBlocks.Of(Ranges(x, rows)) : null;
        var y = x;
        if (blocks is not null)
        {
            var transformed = new float[x.Length];
            blocks.Forward(x, columns, transformed);
            y = transformed;
        }

        var bins = (1 << bits) - 1;
        var (zero, step) = kind == GradientQuantizer.Ptq ? (new float[1], new float[1]) : (new float[rows], new float[rows]);
        var levels = new byte[x.Length];
        var draw = random.GetValueOrDefault();
        for (var group = 0; group < zero.Length; group++)
        {
            var (from, length) = zero.Length == 1 ? (0, x.Length) : (group * columns, columns);
            var values = y.Slice(from, length);
            zero[group] = TensorPrimitives.Min(values);
            step[group] = (TensorPrimitives.Max(values) - zero[group]) / bins;
            if (step[group] > 0)
            {
                for (var i = 0; i < length; i++)
                {
                    var level = (values[i] - zero[group]) / step[group];
                    levels[from + i] = (byte)Math.Clamp(Math.Floor(level + (random is null ? 0.5 : draw.NextDouble())), 0, bins);
                }
            }
        }

        random = random is null ? null : draw;
        return new QuantizedMatrix(rows, columns, levels, zero, step, blocks);
    }

    public float[] Values()
    {
        var values = new float[_levels.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var group = _zero.Length == 1 ? 0 : i / Columns;
            values[i] = _zero[group] + (_levels[i] * _step[group]);
        }

        if (_blocks is null)
        {
            return values;
        }

        var x = new float[values.Length];
        _blocks.Backward(values, Columns, x);
        return x;
    }

    /// <summary>Variance that stochastic rounding adds: exactly, for each row, Σ p(1 − p)·step² over its fractions p; and a bound that depends on the ranges
    /// only, Σ step²/4, for BHQ with the largest steps that its transformation can have.</summary>
    public static (double[] Rows, double Bound) Variance(ReadOnlySpan<float> x, int rows, GradientQuantizer kind, int bits)
    {
        var columns = x.Length / rows;
        kind = columns == 1 ? GradientQuantizer.Ptq : kind;
        var ranges = Ranges(x, rows);
        var blocks = kind == GradientQuantizer.Bhq ? HouseholderBlocks.Of(ranges) : null;
        var y = new float[x.Length];
        x.CopyTo(y);
        blocks?.Forward(x, columns, y);
        var bins = (1 << bits) - 1;
        var (exact, most) = (new double[rows], new double[rows]);
        double[] reach = kind == GradientQuantizer.Ptq ? [.. Enumerable.Repeat((double)(TensorPrimitives.Max(x) - TensorPrimitives.Min(x)), rows)]
            : blocks is null ? ranges
            : blocks.LargestRanges(ranges);
        for (var row = 0; row < rows; row++)
        {
            ReadOnlySpan<float> values = kind == GradientQuantizer.Ptq ? y : y.AsSpan(row * columns, columns);
            var zero = TensorPrimitives.Min(values);
            var step = (double)(TensorPrimitives.Max(values) - zero) / bins;
            most[row] = columns * Math.Pow(reach[row] / bins, 2) / 4;
            if (step == 0)
            {
                continue;
            }

            foreach (var value in y.AsSpan(row * columns, columns))
            {
                var level = (value - zero) / step;
                var p = level - Math.Floor(level);
                exact[row] += p * (1 - p) * step * step;
            }
        }

        return blocks is null ? (exact, most.Sum()) : (blocks.RowVariance(exact), blocks.RowVariance(most).Sum());
    }

    private static double[] Ranges(ReadOnlySpan<float> x, int rows)
    {
        var (ranges, columns) = (new double[rows], x.Length / rows);
        for (var row = 0; row < rows; row++)
        {
            var values = x.Slice(row * columns, columns);
            ranges[row] = TensorPrimitives.Max(values) - TensorPrimitives.Min(values);
        }

        return ranges;
    }
}
