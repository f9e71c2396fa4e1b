using AccuracyMonitor.Core.Sampling;

namespace AccuracyMonitor.Core.Tests.Sampling;

public class BudgetControlTests
{
    private const double Budget = 0.01;

    // π = 1 adds 1 − 100 to the debt; after two of them the upper limit of π/b is −198 + 1 + 240 = 43, and then −240 + 1 + 240 = 1.
    [Fact]
    public void Spend_endless_uncertainty_stops_at_the_upper_limit_of_the_debt()
    {
        var control = new BudgetControl();
        double[] expected = [1, 1, 0.43, 0.01, 0.01];
        foreach (var pi in expected)
        {
            control.Spend(Budget, 0.5, 1e12).ShouldBe(pi, 1e-12);
        }
    }

    // Each π of a fifth of b adds 0.8 to the debt, so 300 of them reach 240. Then π is b.
    [Fact]
    public void Spend_endless_certainty_stops_at_the_lower_limit_of_the_debt()
    {
        var control = new BudgetControl();
        for (var i = 0; i < 300; i++)
        {
            control.Spend(Budget, 0.2, 0).ShouldBe(0.2 * Budget, 1e-12, $"prediction {i}");
        }

        control.Spend(Budget, 0.2, 0).ShouldBe(Budget, 1e-10);
        control.Spend(Budget, 0.2, 0).ShouldBe(Budget, 1e-10);
    }

    // x = d/L is a half: the factor is e^(½ + 2·⅛).
    [Fact]
    public void Spend_after_a_debt_gives_more_to_the_uncertain()
    {
        var control = new BudgetControl();
        for (var i = 0; i < 240; i++)
        {
            control.Spend(Budget, 0.5, 0);
        }

        control.Spend(Budget, 0.5, 1).ShouldBe(Budget * (0.5 + (0.5 * Math.Exp(0.75))), 1e-12);
    }

    [Fact]
    public void Spend_average_uncertainty_costs_the_budget() => new BudgetControl().Spend(Budget, 0.3, 1).ShouldBe(Budget, 1e-15);
}
