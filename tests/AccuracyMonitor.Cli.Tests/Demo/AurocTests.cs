using AccuracyMonitor.Cli.Demo;
using CsCheck;

namespace AccuracyMonitor.Cli.Tests.Demo;

public sealed class AurocTests
{
    [Fact]
    public void It_is_the_share_of_pairs_in_which_the_right_one_outranks_the_wrong_one_with_ties_halved() =>
        Gen.Select(Gen.Int[0, 9], Gen.Bool).Array[2, 40].Where(items => items.Any(i => i.Item2) && !items.All(i => i.Item2)).Sample(items =>
        {
            var pairs = from right in items.Where(i => i.Item2) from wrong in items.Where(i => !i.Item2) select (right.Item1, wrong.Item1);
            var expected = pairs.Average(p => p.Item1 > p.Item2 ? 1 : p.Item1 == p.Item2 ? 0.5 : 0);

            Auroc.Of(items, i => i.Item1, i => i.Item2).ShouldBe(expected, tolerance: 1e-12);
        }, iter: 500, seed: "0000KDsGxPb3");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Without_both_kinds_there_is_none(bool all) =>
        Auroc.Of([(1f, all), (2f, all)], i => i.Item1, i => i.Item2).ShouldBe(double.NaN);
}
