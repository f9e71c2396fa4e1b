using System.Numerics.Tensors;

namespace AccuracyMonitor.Training.Quantized;

/// <summary>
/// The blocks of BHQ and their transformation Y = Q·diag(s)·X. A block is one row with a large range and several with small ones. Q = I −
/// 2vvᵀ with v ∝ 1/√n − e₁ maps the first unit vector to the constant one, so the large row is spread evenly; Q is its own inverse.
/// Sections 4.2 and 4.3 of Chen and others 2020 (arXiv 2010.14298), implemented from the abstract and the authors' public code, without the
/// text of the theorem.
/// </summary>
internal sealed class HouseholderBlocks
{
    // A row without a gradient is given a millionth of the range of its block's large row.
    private const double SmallestShare = 1e-6;

    private readonly int[] _order;
    private readonly int[] _starts;
    private readonly double[] _scale;
    private readonly double[] _v;

    private HouseholderBlocks(int[] order, int[] starts, double[] scale, double[] v) => (_order, _starts, _scale, _v) = (order, starts, scale, v);

    public int Count => _starts.Length - 1;

    /// <summary>Chooses blocks and scales from the rows' ranges.</summary>
    public static HouseholderBlocks Of(ReadOnlySpan<double> ranges)
    {
        var n = ranges.Length;
        var keys = ranges.ToArray();
        var sorted = Enumerable.Range(0, n).OrderByDescending(i => keys[i]).ThenBy(i => i).ToArray();
        var large = Large(keys, sorted);
        var total = sorted.Take(large).Sum(i => keys[i]);
        var (order, starts) = (new int[n], new int[large + 1]);
        var (at, next, taken, due) = (0, large, 0, 0.0);
        for (var block = 0; block < large; block++)
        {
            starts[block] = at;
            order[at++] = sorted[block];

            // The number of small rows is proportional to the range, rounded so that the numbers add up.
            due += total > 0 ? (n - large) * keys[sorted[block]] / total : 0;
            for (var until = block == large - 1 ? n - large : (int)Math.Round(due); taken < until; taken++)
            {
                order[at++] = sorted[next++];
            }
        }

        starts[large] = n;
        var (scale, v) = (new double[n], new double[n]);
        for (var block = 0; block < large; block++)
        {
            Fill(keys, order.AsSpan(starts[block]..starts[block + 1]), scale.AsSpan(starts[block]..starts[block + 1]),
                v.AsSpan(starts[block]..starts[block + 1]));
        }

        return new HouseholderBlocks(order, starts, scale, v);
    }

    /// <summary>Y from X, both N×D; row k of Y stands for row Order[k] of X.</summary>
    public void Forward(ReadOnlySpan<float> x, int columns, Span<float> y)
    {
        for (var k = 0; k < _order.Length; k++)
        {
            TensorPrimitives.Multiply(x.Slice(_order[k] * columns, columns), (float)_scale[k], y.Slice(k * columns, columns));
        }

        Reflect(y, columns);
    }

    /// <summary>X from Y; Y is overwritten.</summary>
    public void Backward(Span<float> y, int columns, Span<float> x)
    {
        Reflect(y, columns);
        for (var k = 0; k < _order.Length; k++)
        {
            TensorPrimitives.Multiply(y.Slice(k * columns, columns), (float)(1 / _scale[k]), x.Slice(_order[k] * columns, columns));
        }
    }

    /// <summary>Ranges that the rows of Y have at most, from those of X alone: R(Σ aⱼxⱼ) ≤ Σ |aⱼ|·R(xⱼ).</summary>
    public double[] LargestRanges(ReadOnlySpan<double> ofX)
    {
        var ofY = new double[_order.Length];
        for (var block = 0; block < Count; block++)
        {
            for (var k = _starts[block]; k < _starts[block + 1]; k++)
            {
                for (var j = _starts[block]; j < _starts[block + 1]; j++)
                {
                    ofY[k] += Math.Abs((k == j ? 1 : 0) - (2 * _v[k] * _v[j])) * _scale[j] * ofX[_order[j]];
                }
            }
        }

        return ofY;
    }

    /// <summary>Variance of each row of X when the rows of Y have variances of their own and no covariance.</summary>
    public double[] RowVariance(ReadOnlySpan<double> ofY)
    {
        var ofX = new double[_order.Length];
        for (var block = 0; block < Count; block++)
        {
            for (var i = _starts[block]; i < _starts[block + 1]; i++)
            {
                for (var j = _starts[block]; j < _starts[block + 1]; j++)
                {
                    var q = (i == j ? 1 : 0) - (2 * _v[i] * _v[j]);
                    ofX[_order[i]] += ofY[j] * q * q / (_scale[i] * _scale[i]);
                }
            }
        }

        return ofX;
    }

    private void Reflect(Span<float> y, int columns)
    {
        var along = columns <= 256 ? stackalloc float[columns] : new float[columns];
        for (var block = 0; block < Count; block++)
        {
            if (_starts[block + 1] - _starts[block] == 1)
            {
                continue;
            }

            along.Clear();
            for (var k = _starts[block]; k < _starts[block + 1]; k++)
            {
                TensorPrimitives.MultiplyAdd(y.Slice(k * columns, columns), (float)_v[k], along, along);
            }

            for (var k = _starts[block]; k < _starts[block + 1]; k++)
            {
                var row = y.Slice(k * columns, columns);
                TensorPrimitives.MultiplyAdd(along, (float)(-2 * _v[k]), row, row);
            }
        }
    }

    // The fewest small rows, taken from the bottom, of which the least large row is due at least one.
    private static int Large(double[] ranges, int[] sorted)
    {
        var total = ranges.Sum();
        for (var large = sorted.Length; large > 1; large--)
        {
            if (total > 0 && (sorted.Length - large) * ranges[sorted[large - 1]] / total > 1)
            {
                return large;
            }

            total -= ranges[sorted[large - 1]];
        }

        return 1;
    }

    // s₁ and s₂ that minimise Σ s⁻² for a given range of the transformed rows.
    private static void Fill(double[] ranges, ReadOnlySpan<int> rows, Span<double> scale, Span<double> v)
    {
        var n = rows.Length;
        scale.Fill(1);
        if (n == 1)
        {
            return;
        }

        var root = Math.Sqrt(n);
        var (large, small) = (ranges[rows[0]], 0.0);
        foreach (var row in rows[1..])
        {
            small = Math.Max(small, ranges[row]);
        }

        small = Math.Max(small * Math.Max(1 / root, 1 - (1 / (n - root))), large * SmallestShare);
        if (large > 0)
        {
            scale[0] = 1;
            scale[1..].Fill(Math.Pow(large / root, 1.0 / 3) / Math.Pow(small / (n - 1), 1.0 / 3));
        }

        var length = Math.Sqrt(2 - (2 / root));
        v.Fill(1 / root / length);
        v[0] = ((1 / root) - 1) / length;
    }
}
