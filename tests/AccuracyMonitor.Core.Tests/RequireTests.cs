using AccuracyMonitor.Core.Estimation;

namespace AccuracyMonitor.Core.Tests;

public sealed class RequireTests
{
    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(-0.0)]
    [InlineData(1.5)]
    public void An_argument_out_of_range_is_named_with_its_value_and_its_bound(double alpha)
    {
        var thrown = Should.Throw<ArgumentOutOfRangeException>(() => BinomialInterval.Wilson(1, 2, alpha));

        thrown.ParamName.ShouldBe("alpha");
        thrown.ActualValue.ShouldBe(alpha);
        thrown.Message.ShouldStartWith(FormattableString.Invariant($"alpha is {alpha}; it must be above 0 and below 1."));
    }
}
