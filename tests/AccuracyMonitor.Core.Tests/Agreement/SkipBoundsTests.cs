using AccuracyMonitor.Core.Agreement;
using AccuracyMonitor.Core.Estimation;
using CsCheck;

namespace AccuracyMonitor.Core.Tests.Agreement;

public class SkipBoundsTests
{
    [Fact]
    public void They_take_all_skipped_ones_as_wrong_and_as_right()
    {
        var bounds = SkipBounds.Of(new Interval(0.9, 0.85, 0.95), answered: 900, skipped: 100);

        bounds.Share.ShouldBe(0.1, 1e-12);
        bounds.Worst.ShouldBe(0.765, 1e-12);
        bounds.Best.ShouldBe(0.955, 1e-12);
    }

    [Theory]
    [InlineData(98, 2, false)]
    [InlineData(97, 3, true)]
    [InlineData(10, 0, false)]
    public void They_are_material_above_2_percent(double answered, double skipped, bool material) =>
        SkipBounds.Of(new Interval(0.5, 0.4, 0.6), answered, skipped).IsMaterial.ShouldBe(material);

    [Fact]
    public void They_hold_whatever_the_skipped_ones_are() => Gen.Select(Gen.Double[0, 1], Gen.Double[0, 1], Gen.Double[0.1, 9], Gen.Double[0, 9]).Sample(
        (accuracy, ofSkipped, answered, skipped) =>
        {
            var all = ((accuracy * answered) + (ofSkipped * skipped)) / (answered + skipped);
            var bounds = SkipBounds.Of(new Interval(accuracy, accuracy, accuracy), answered, skipped);
            all.ShouldBeInRange(bounds.Worst - 1e-12, bounds.Best + 1e-12);
        });

    [Fact]
    public void Their_arguments_are_checked()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => SkipBounds.Of(default, 0, 0));
        Should.Throw<ArgumentOutOfRangeException>(() => SkipBounds.Of(default, 1, double.NaN));
    }
}
