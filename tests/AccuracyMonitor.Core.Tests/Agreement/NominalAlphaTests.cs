using AccuracyMonitor.Core.Agreement;
using CsCheck;

namespace AccuracyMonitor.Core.Tests.Agreement;

public class NominalAlphaTests
{
    /// <summary>Krippendorff 2011, "Computing Krippendorff's alpha-reliability", example C: four observers, twelve units, gaps.</summary>
    private static readonly int[][] Textbook =
    [
        [1, 1, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4], [4, 4, 4, 4], [1, 1, 2, 1], [2, 2, 2, 2], [5, 5, 5], [1, 1], [3],
    ];

    private static readonly Gen<int[][]> Units = Gen.Int[0, 3].Array[0, 5].Array[0, 12];

    [Fact]
    public void It_has_the_textbooks_value() => Alpha(Textbook)!.Value.ShouldBe(0.743, 5e-4);

    [Fact]
    public void It_is_not_defined_where_nothing_can_disagree()
    {
        Alpha([]).ShouldBeNull();
        Alpha([[1], [2]]).ShouldBeNull("each unit has one answer");
        Alpha([[1, 1], [1, 1]]).ShouldBeNull("one class only");
    }

    [Fact]
    public void It_agrees_with_the_definition_by_observed_and_expected_disagreement() => Units.Sample(units =>
    {
        var alpha = Alpha(units);
        var expected = ByDefinition(units);
        (alpha is null).ShouldBe(double.IsNaN(expected));
        if (alpha is { } value)
        {
            value.ShouldBe(expected, 1e-9);
        }
    });

    [Fact]
    public void The_interval_holds_the_value_is_repeatable_and_narrows_with_units()
    {
        int[][] many = [.. Enumerable.Repeat(Textbook, 20).SelectMany(u => u)];

        var few = NominalAlpha.Bootstrap(Textbook, 0.05, 500, seed: 1)!.Value;
        var wide = NominalAlpha.Bootstrap(many, 0.05, 500, seed: 1)!.Value;

        few.ShouldBe(NominalAlpha.Bootstrap(Textbook, 0.05, 500, seed: 1)!.Value);
        (few.Lower < few.Value && few.Value < few.Upper).ShouldBeTrue();
        wide.Width.ShouldBeLessThan(few.Width / 3);
        NominalAlpha.Bootstrap([[1, 1]], 0.05, 500, seed: 1).ShouldBeNull();
    }

    [Fact]
    public void Bounds_of_the_bootstrap_are_checked()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => NominalAlpha.Bootstrap(Textbook, 0, 500, 1));
        Should.Throw<ArgumentOutOfRangeException>(() => NominalAlpha.Bootstrap(Textbook, 0.05, 99, 1));
    }

    private static double? Alpha(int[][] units) => NominalAlpha.Bootstrap(units, level: 0.05, resamples: 100, seed: 1)?.Value;

    private static double ByDefinition(int[][] units)
    {
        var coincidences = new double[4, 4];
        foreach (var unit in units.Where(u => u.Length > 1))
        {
            for (var i = 0; i < unit.Length; i++)
            {
                for (var j = 0; j < unit.Length; j++)
                {
                    coincidences[unit[i], unit[j]] += i == j ? 0 : 1.0 / (unit.Length - 1);
                }
            }
        }

        double[] margins = [.. Enumerable.Range(0, 4).Select(c => Enumerable.Range(0, 4).Sum(k => coincidences[c, k]))];
        var pairs = from c in Enumerable.Range(0, 4) from k in Enumerable.Range(0, 4) where c != k select (c, k);
        var observed = pairs.Sum(p => coincidences[p.c, p.k]);
        var expected = pairs.Sum(p => margins[p.c] * margins[p.k]) / (margins.Sum() - 1);
        return expected > 1e-9 ? 1 - (observed / expected) : double.NaN;
    }
}
