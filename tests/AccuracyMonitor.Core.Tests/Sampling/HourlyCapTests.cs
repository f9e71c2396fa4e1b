using AccuracyMonitor.Core.Sampling;
using CsCheck;

namespace AccuracyMonitor.Core.Tests.Sampling;

public class HourlyCapTests
{
    private static readonly ModelKey Key = new("m", "1");
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);

    [SimulationTheory]
    [InlineData(2, 100)]
    [InlineData(20, 100)]
    [InlineData(20, 10)]
    [InlineData(10, 1_000)]
    public void Too_much_traffic_lowers_the_probabilities_long_before_it_stops_the_requests(int overload, int cap)
    {
        // Steady traffic that would spend the cap `overload` times over: b·rate = overload·cap an hour.
        const int hours = 6;
        const double budget = 0.05;
        var perHour = (int)(overload * cap / budget);
        var sampler = new Sampler(new SamplerOptions { Budget = budget, MaxRequestsPerHour = cap }, Key);
        int selected = 0, capped = 0, inHour = 0;
        var quarters = new int[4];
        for (var t = 0; t < hours * perHour; t++)
        {
            var decision = sampler.Decide($"p{t}", 0.9, Start.AddHours((double)t / perHour));
            inHour = t % perHour == 0 ? 0 : inHour;
            inHour += decision.Selected ? 1 : 0;
            inHour.ShouldBeLessThanOrEqualTo(cap);
            quarters[t % perHour * 4 / perHour] += decision.Selected ? 1 : 0;
            selected += decision.Selected ? 1 : 0;
            capped += decision.Capped ? 1 : 0;
            decision.Covered.ShouldBe(!decision.Capped);
            decision.InclusionProbability.ShouldBeInRange(0, 0.3);
        }

        // Not covered is the end of each hour after its last request: about 1/cap of it.
        ((double)capped / (hours * perHour)).ShouldBeLessThan(3.0 / cap);
        selected.ShouldBeGreaterThan((int)(0.95 * hours * cap));
        quarters[3].ShouldBeGreaterThan(hours * cap / 12);
    }

    [Fact]
    public void A_burst_that_the_hour_can_afford_keeps_its_budget()
    {
        // 20,000 predictions at one instant; a tenth of the cap.
        var sampler = new Sampler(new SamplerOptions { Budget = 0.01, MaxRequestsPerHour = 2_000 }, Key);
        for (var t = 0; t < 20_000; t++)
        {
            sampler.Decide($"p{t}", 0.9, Start.AddMinutes(30));
        }

        sampler.ExpectedRequests.ShouldBe(200, 10);
    }

    [Fact]
    public void Traffic_below_the_cap_is_never_touched()
    {
        // 0.9 of the cap, in bursts of a hundred a minute apart.
        var sampler = new Sampler(new SamplerOptions { Policy = SamplingPolicy.Uniform, Budget = 0.5, MaxRequestsPerHour = 3_334 }, Key);
        for (var t = 0; t < 30_000; t++)
        {
            sampler.Decide($"p{t}", 0.9, Start.AddMinutes(t / 100)).InclusionProbability.ShouldBe(0.5);
        }
    }

    [SimulationFact]
    public void No_traffic_and_no_clock_gets_more_than_the_cap_out_of_an_hour()
    {
        // Arrivals in batches of any size, any time apart, the clock also stepping back up to ten minutes.
        var step = Gen.Select(Gen.Int[1, 300], Gen.Int[-600, 900]);
        Gen.Select(step.Array[20, 200], Gen.Int[1, 60]).Sample(
            (steps, cap) =>
            {
                var sampler = new Sampler(new SamplerOptions { Budget = 0.3, MaxRequestsPerHour = cap }, Key);
                var now = Start;
                var id = 0;
                var furthest = DateTimeOffset.MinValue;
                var perHour = new Dictionary<long, int>();
                foreach (var (count, seconds) in steps)
                {
                    now = now.AddSeconds(seconds);
                    furthest = now > furthest ? now : furthest;
                    for (var i = 0; i < count; i++)
                    {
                        var decision = sampler.Decide($"p{id++}", 0.5, now);
                        var hour = furthest.UtcTicks / TimeSpan.TicksPerHour;
                        perHour[hour] = perHour.GetValueOrDefault(hour) + (decision.Selected ? 1 : 0);
                        if (decision.Capped == decision.Covered || (decision.Capped && decision.Selected))
                        {
                            return false;
                        }
                    }

                    if (furthest - now > TimeSpan.FromMinutes(50))
                    {
                        now = furthest;
                    }
                }

                return perHour.Values.Max() <= cap;
            },
            iter: 200,
            seed: "0N0XIzNsQ0O2",
            threads: 1);
    }

    [Fact]
    public void A_clock_that_ran_days_ahead_and_came_back_does_not_stop_the_labels()
    {
        var sampler = new Sampler(new SamplerOptions { Policy = SamplingPolicy.Uniform, Budget = 0.5, MaxRequestsPerHour = 10 }, Key);
        int Select(DateTimeOffset now, int count) =>
            Enumerable.Range(0, count).Count(t => sampler.Decide($"{now.UtcTicks}-{t}", 0.5, now).Selected);

        Select(Start, 1_000).ShouldBeInRange(3, 10);
        Select(Start.AddDays(3), 1_000).ShouldBeInRange(3, 10);
        Select(Start.AddMinutes(5), 1_000).ShouldBeInRange(3, 10);
    }
}
