using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Training.Quantized;
using CsCheck;

namespace AccuracyMonitor.Training.Tests.Quantized;

public sealed class QuantizedMatrixTests
{
    private static readonly GradientQuantizer[] Kinds = [GradientQuantizer.Ptq, GradientQuantizer.Psq, GradientQuantizer.Bhq];

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void What_comes_back_is_right_on_average(int bits)
    {
        var gradient = Skewed(256, 64, seed: 3);
        foreach (var kind in Kinds)
        {
            var (ratio, deviation) = QuantizerBias.Ratio(gradient, 256, kind, bits, seed: 5);

            Math.Abs(ratio - 1).ShouldBeLessThan(4 * deviation, $"{kind}: {ratio:0.00} ± {deviation:0.00}");
            deviation.ShouldBeLessThan(0.06, "the test can tell");
        }
    }

    [Fact]
    public void Rounding_to_nearest_is_not() =>
        QuantizerBias.Ratio(Skewed(64, 24, seed: 3), 64, GradientQuantizer.Ptq, 3, seed: 5, nearest: true)
            .Ratio.ShouldBe(QuantizerBias.Draws, 1e-3, "its error never averages out");

    [Fact]
    public void Draws_vary_as_much_as_is_computed_and_never_more_than_the_bound()
    {
        var gradient = Skewed(32, 12, seed: 7);
        foreach (var kind in Kinds)
        {
            foreach (var bits in (int[])[2, 5, 8])
            {
                var (rows, bound) = QuantizedMatrix.Variance(gradient, 32, kind, bits);
                var (random, measured) = ((SplitMix64?)SplitMix64.Stream(1, 2, 3), 0.0);
                const int Draws = 600;
                for (var draw = 0; draw < Draws; draw++)
                {
                    measured += QuantizedMatrix.Of(gradient, 32, kind, bits, ref random).Values().Zip(gradient, (a, b) => a - b)
                        .Sum(e => (double)e * e) / Draws;
                }

                measured.ShouldBe(rows.Sum(), 0.15 * rows.Sum(), $"{kind}, {bits} bits");
                rows.Sum().ShouldBeLessThanOrEqualTo(bound * (1 + 1e-9), $"{kind}, {bits} bits");
            }
        }
    }

    [Fact]
    public void Where_few_rows_have_a_gradient_a_scale_for_each_row_is_better_and_spreading_them_better_still()
    {
        var gradient = Skewed(128, 32, seed: 9);
        double Of(GradientQuantizer kind) => QuantizedMatrix.Variance(gradient, 128, kind, 5).Rows.Sum();

        (Of(GradientQuantizer.Ptq) / Of(GradientQuantizer.Psq)).ShouldBeGreaterThan(20);
        (Of(GradientQuantizer.Psq) / Of(GradientQuantizer.Bhq)).ShouldBeGreaterThan(2);
    }

    [Fact]
    public void Blocks_transform_there_and_back() => Gen.Select(Gen.Int[1, 40], Gen.Int[2, 9], Gen.ULong).Sample((rows, columns, seed) =>
    {
        var x = Skewed(rows, columns, seed);
        double[] ranges = [.. Enumerable.Range(0, rows)
            .Select(r => (double)(x.AsSpan(r * columns, columns).ToArray().Max() - x.AsSpan(r * columns, columns).ToArray().Min()))];
        var blocks = HouseholderBlocks.Of(ranges);
        var (y, back) = (new float[x.Length], new float[x.Length]);
        blocks.Forward(x, columns, y);
        blocks.Backward(y, columns, back);
        var largest = x.Max(Math.Abs);
        return blocks.Count >= 1 && blocks.Count <= rows && x.Zip(back).All(p => Math.Abs(p.First - p.Second) <= 1e-4 * largest);
    });

    [Fact]
    public void A_matrix_of_one_value_or_of_zeros_is_held_exactly()
    {
        foreach (var kind in Kinds)
        {
            foreach (var value in (float[])[0, -3.25f])
            {
                float[] x = [.. Enumerable.Repeat(value, 20)];
                var random = (SplitMix64?)SplitMix64.Stream(1, 1, 1);
                QuantizedMatrix.Of(x, 5, kind, 2, ref random).Values().ShouldAllBe(v => Math.Abs(v - value) < 1e-6f);
                QuantizedMatrix.Variance(x, 5, kind, 2).Rows.Sum().ShouldBe(0, 1e-9);
            }
        }
    }

    // As of a network that fits its batch: few rows have a gradient.
    private static float[] Skewed(int rows, int columns, ulong seed)
    {
        var random = SplitMix64.Stream(seed, 1, 1);
        var x = new float[rows * columns];
        for (var row = 0; row < rows; row++)
        {
            var size = row % 16 == 0 ? 1 : 1e-3;
            for (var c = 0; c < columns; c++)
            {
                x[(row * columns) + c] = (float)(size * ((2 * random.NextDouble()) - 1));
            }
        }

        return x;
    }
}
