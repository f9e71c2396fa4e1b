using System.Globalization;
using AccuracyMonitor.Training.Schedules;

namespace AccuracyMonitor.Training.Tests.Schedules;

public class GoldenRatesTests
{
    private static readonly (string Policy, int Step, double Rate)[] Golden =
        [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Schedules", "golden-rates.csv"))
        .Where(l => l[0] != '#')
        .Select(l => l.Split(';'))
        .Select(c => (c[0], int.Parse(c[1], CultureInfo.InvariantCulture), double.Parse(c[2], CultureInfo.InvariantCulture)))];

    [Fact]
    public void Every_function_gives_the_papers_rates_to_twelve_digits()
    {
        Golden.Select(g => RatePolicy.Parse(g.Policy).Segments[0].Function).Distinct().Order().ShouldBe(Enum.GetValues<RateFunction>());
        foreach (var (policy, step, rate) in Golden)
        {
            RatePolicy.Parse(policy).At(step).ShouldBe(rate, 1e-12 * rate, $"{policy} at {step}");
        }
    }

    [Fact]
    public void The_order_in_which_steps_are_asked_changes_nothing()
    {
        foreach (var policy in Golden.Select(g => g.Policy).Distinct())
        {
            var parsed = RatePolicy.Parse(policy);
            var forward = Enumerable.Range(0, 200).Select(t => parsed.At(t)).ToArray();
            Enumerable.Range(0, 200).Reverse().Select(t => parsed.At(t)).Reverse().ShouldBe(forward);
        }
    }

    [Fact]
    public void A_finished_polynomial_stays_at_its_end() =>
        RatePolicy.Parse("POLY k0=0.1 k1=0.01 p=1.2 l=100").At(150).ShouldBe(0.01);
}
