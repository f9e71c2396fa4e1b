namespace AccuracyMonitor.Core.Tests;

public sealed class LogisticTests
{
    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(2, 0.8807970779778823)]
    [InlineData(-2, 0.11920292202211755)]
    [InlineData(800, 1)]
    [InlineData(-800, 0)]
    public void Sigmoid_overflows_at_no_logit(double logit, double probability) => Logistic.Sigmoid(logit).ShouldBe(probability, 1e-15);

    [Theory]
    [InlineData(0.5, 0)]
    [InlineData(0.8807970779778823, 2)]
    [InlineData(1e-9, -20.72326583594641)]
    public void Logit_is_the_inverse_of_the_sigmoid(double probability, double logit)
    {
        Logistic.Logit(probability).ShouldBe(logit, 1e-12);
        Logistic.Sigmoid(logit).ShouldBe(probability, 1e-15);
    }

    [Fact]
    public void Logit_is_infinite_at_both_ends() => (Logistic.Logit(0), Logistic.Logit(1)).ShouldBe((double.NegativeInfinity, double.PositiveInfinity));

    [Theory]
    [InlineData(0.3)]
    [InlineData(-5)]
    [InlineData(30)]
    public void Loss_is_minus_the_log_of_the_outcomes_probability(double logit)
    {
        Logistic.Loss(logit, true).ShouldBe(-Math.Log(Logistic.Sigmoid(logit)), 1e-12);
        Logistic.Loss(logit, false).ShouldBe(-Math.Log(Logistic.Sigmoid(-logit)), 1e-12);
    }

    [Fact]
    public void Loss_grows_with_the_logit_without_overflow() => Logistic.Loss(-1e6, true).ShouldBe(1e6);
}
