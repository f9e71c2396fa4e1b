using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Training.Stress;
using CsCheck;

namespace AccuracyMonitor.Training.Tests.Stress;

public sealed class InfluenceTests
{
    [Fact]
    public void A_pixels_influence_is_between_zero_and_one_over_P() =>
        Gen.Select(Gen.ULong, Gen.Int[2, 12], Gen.Int[1, 20], Gen.Double[0.1, 8]).Sample((seed, k, q, scale) =>
        {
            var (p, g, influence) = Draw(seed, k, q, scale);
            for (var t = 0; t < k; t++)
            {
                Influence.OfPixels(p, g, t, leastLength: 0, influence);
                influence.ShouldAllBe(f => f >= 0 && f <= (1 / p[t]) * (1 + 1e-4));
            }
        });

    [Fact]
    public void A_pixels_influence_is_that_of_the_definition()
    {
        var (p, g, influence) = Draw(7, 5, 4, 2);
        Influence.OfPixels(p, g, 2, leastLength: 0, influence);
        for (var j = 0; j < 4; j++)
        {
            influence[j].ShouldBe(ByPseudoInverse(p, g, 2, [j]), 1e-6);
        }
    }

    /// <summary>What makes whole images' influence no new signal: checked against the pseudo-inverse, not against its own proof.</summary>
    [Fact]
    public void An_images_influence_is_one_less_P_over_P_by_the_definition_too() =>
        Gen.Select(Gen.ULong, Gen.Int[2, 8], Gen.Double[0.5, 1]).Sample(
            (seed, k, scale) =>
            {
                const int q = 30;
                var (p, g, _) = Draw(seed, k, q, scale);
                for (var t = 0; t < k; t++)
                {
                    // The sure class of a sure image has probabilities and gradients of few digits.
                    ByPseudoInverse(p, g, t, [.. Enumerable.Range(0, q)]).ShouldBe(Influence.OfImage(p[t]), 0.02 * Influence.OfImage(p[t]));
                }
            },
            iter: 50);

    [Fact]
    public void Between_two_classes_every_pixel_has_the_images_influence()
    {
        var (p, g, influence) = Draw(3, 2, 9, 1);
        Influence.OfPixels(p, g, 0, leastLength: 0, influence);
        influence.ShouldAllBe(f => Math.Abs(f - Influence.OfImage(p[0])) < 1e-4);
    }

    [Fact]
    public void A_pixel_that_moves_nothing_has_none()
    {
        var influence = new double[2];
        Influence.OfPixels([0.9f, 0.1f], [1e-4f, 1, -9e-4f, -9], 0, leastLength: 1e-3, influence);
        influence[0].ShouldBe(0);
        influence[1].ShouldBe(1 / (0.9 + (0.1 * 81)), 1e-6);
    }

    private static (float[] P, float[] G, double[] Influence) Draw(ulong seed, int k, int q, double scale)
    {
        var classifier = new SoftmaxRegression(q, k, seed, scale);
        var image = new float[q];
        var random = new SplitMix64(seed + 1);
        for (var j = 0; j < q; j++)
        {
            image[j] = (float)random.NextDouble();
        }

        var (p, g) = (new float[k], new float[k * q]);
        classifier.Predict(image, p);
        classifier.Compute(image, [.. Enumerable.Range(0, k)], g);
        return (p, g, new double[q]);
    }

    /// <summary>∇f·G⁺·∇fᵀ as the least-squares solution's value: with a little on G's diagonal, since G is singular.</summary>
    private static double ByPseudoInverse(float[] p, float[] g, int target, int[] pixels)
    {
        var (m, q) = (pixels.Length, g.Length / p.Length);
        var a = new double[m, m];
        var f = new double[m];
        for (var row = 0; row < m; row++)
        {
            f[row] = -g[(target * q) + pixels[row]];
            for (var column = 0; column < m; column++)
            {
                for (var k = 0; k < p.Length; k++)
                {
                    a[row, column] += (double)p[k] * g[(k * q) + pixels[row]] * g[(k * q) + pixels[column]];
                }
            }

            a[row, row] += 1e-9;
        }

        var x = Solve(a, [.. f]);
        return f.Zip(x).Sum(pair => pair.First * pair.Second);
    }

    /// <summary>Gaussian elimination with pivoting.</summary>
    private static double[] Solve(double[,] a, double[] b)
    {
        var n = b.Length;
        for (var column = 0; column < n; column++)
        {
            var pivot = Enumerable.Range(column, n - column).MaxBy(row => Math.Abs(a[row, column]));
            for (var j = 0; j < n; j++)
            {
                (a[column, j], a[pivot, j]) = (a[pivot, j], a[column, j]);
            }

            (b[column], b[pivot]) = (b[pivot], b[column]);
            for (var row = column + 1; row < n; row++)
            {
                var factor = a[row, column] / a[column, column];
                for (var j = column; j < n; j++)
                {
                    a[row, j] -= factor * a[column, j];
                }

                b[row] -= factor * b[column];
            }
        }

        for (var row = n - 1; row >= 0; row--)
        {
            for (var j = row + 1; j < n; j++)
            {
                b[row] -= a[row, j] * b[j];
            }

            b[row] /= a[row, row];
        }

        return b;
    }
}
