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

    // e⁷ while the whole cap remains, 1 from half of it on. One arrival in the fading count of 300 seconds is a rate of 12 an hour.
    [Fact]
    public void Limit_is_the_remaining_requests_over_the_expected_arrivals()
    {
        var cap = new HourlyCap(10);
        cap.Limit(1e9, Start).ShouldBe(Math.Exp(7) * 10 / 12, 1e-9);
        Count(cap, 2);
        cap.Limit(1e9, Start).ShouldBe(Math.Exp(7 * 0.6) * 8 / 24, 1e-9);
        Count(cap, 3);
        cap.Limit(1e9, Start).ShouldBe(5.0 / 36, 1e-12);
        Count(cap, 1);
        cap.Limit(1e9, Start).ShouldBe(4.0 / 48, 1e-12);
        cap.Limit(0.01, Start).ShouldBe(0.01);
    }

    [Fact]
    public void Limit_expects_arrivals_at_a_rate_that_fades_in_five_minutes()
    {
        var cap = new HourlyCap(10);
        cap.Limit(1e9, Start);
        cap.Limit(1e9, Start.AddMinutes(5)).ShouldBe(Math.Exp(7) * 10 / ((1 + Math.Exp(-1)) * 11), 1e-9);
    }

    [Fact]
    public void Limit_when_the_clock_steps_back_does_not_fade_the_rate()
    {
        var cap = new HourlyCap(10);
        cap.Limit(1e9, Start.AddMinutes(10));
        cap.Limit(1e9, Start.AddMinutes(5)).ShouldBe(Math.Exp(7) * 10 / 22, 1e-9);
    }

    [Fact]
    public void Limit_in_the_last_second_of_the_hour_is_that_of_a_whole_second() =>
        new HourlyCap(10).Limit(1e9, Start.AddMinutes(60).AddMilliseconds(-500)).ShouldBe(Math.Exp(7) * 10 * 300, 1e-6);

    [Fact]
    public void Limit_is_0_from_the_last_request_of_the_cap_to_the_next_hour()
    {
        var cap = new HourlyCap(1);
        cap.Limit(1, Start.AddMinutes(70)).ShouldBeGreaterThan(0);
        Count(cap, 2);
        cap.Limit(1, Start.AddMinutes(70)).ShouldBe(0);
        cap.Limit(1, Start.AddMinutes(50)).ShouldBe(0, "the clock steps back a little");
        cap.Limit(1, Start.AddMinutes(119)).ShouldBe(0);
        cap.Limit(1, Start.AddMinutes(120)).ShouldBeGreaterThan(0, "the next hour");
        Count(cap, 1);
        cap.Limit(1, Start.AddMinutes(30)).ShouldBeGreaterThan(0, "the clock had been ahead by more than an hour");
    }

    private static void Count(HourlyCap cap, int requests)
    {
        for (var i = 0; i < requests; i++)
        {
            cap.CountRequest();
        }
    }
}
