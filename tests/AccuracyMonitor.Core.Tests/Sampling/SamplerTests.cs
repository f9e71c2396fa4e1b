using AccuracyMonitor.Core.Sampling;

namespace AccuracyMonitor.Core.Tests.Sampling;

public class SamplerTests
{
    private static readonly ModelKey Key = new("m", "1");
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);

    public static TheoryData<SamplingPolicy> Policies() => [.. Enum.GetValues<SamplingPolicy>()];

    [Theory]
    [MemberData(nameof(Policies))]
    public void A_decision_depends_on_earlier_predictions_and_its_own_score_only(SamplingPolicy policy)
    {
        // Two streams with the same past and another future, other ids and so other coins.
        var past = ScoreStreams.Make("autocorrelated").AsSpan(0, 7_000);
        var one = new Sampler(new SamplerOptions { Policy = policy, MaxRequestsPerHour = int.MaxValue }, Key);
        var two = new Sampler(
            new SamplerOptions { Policy = policy, MaxRequestsPerHour = int.MaxValue, Coin = CoinKey.FromSeed(99) }, new ModelKey("other", "7"));
        foreach (var g in past)
        {
            one.Decide("same", g, Start).InclusionProbability.ShouldBe(two.Decide("another", g, Start).InclusionProbability);
        }

        one.Decide("next", 0.75, Start).InclusionProbability.ShouldBe(two.Decide("next", 0.75, Start).InclusionProbability);
    }

    [Theory]
    [InlineData(SamplingPolicy.Mixed, 0.5)]
    [InlineData(SamplingPolicy.Stratified, 0.5)]
    [InlineData(SamplingPolicy.Uniform, 1)]
    public void Uniform_OfTheSelected_IsASampleThatScoresHaveNoSayIn(SamplingPolicy policy, double share)
    {
        var sampler = new Sampler(new SamplerOptions { Policy = policy, Budget = 0.05, MaxRequestsPerHour = int.MaxValue }, Key);
        var scores = ScoreStreams.Make("steady");
        var decisions = scores.Select((g, t) => (Score: g, Decision: sampler.Decide($"u{t}", g, Start))).ToArray();
        var uniform = decisions.Where(d => d.Decision.Uniform).Select(d => d.Score).ToArray();
        var selected = decisions.Where(d => d.Decision.Selected).Average(d => d.Score);

        decisions.ShouldAllBe(d => d.Decision.Selected || !d.Decision.Uniform);
        var expected = share * 0.05 * scores.Length;
        uniform.Length.ShouldBeInRange((int)(expected - (4 * Math.Sqrt(expected))), (int)(expected + (4 * Math.Sqrt(expected))));
        var mean = scores.Average();
        var noise = Math.Sqrt(scores.Average(g => (g - mean) * (g - mean)) / uniform.Length);
        uniform.Average().ShouldBe(mean, 4 * noise);
        if (policy != SamplingPolicy.Uniform)
        {
            selected.ShouldBeLessThan(mean - (2 * noise), "the selected as a whole look where the monitor doubts");
        }
    }

    [Fact]
    public void Uniform_HourlyCapLimits_KeepsEvenChancesWithinEachMoment()
    {
        // Sure and unsure by turns, so within any moment half of a uniform sample is each.
        var sampler = new Sampler(new SamplerOptions { Budget = 0.2, MaxRequestsPerHour = 400 }, Key);
        var unsure = 0;
        var all = 0;
        for (var t = 0; t < 200_000; t++)
        {
            var decision = sampler.Decide($"c{t}", t % 2 == 0 ? 0.999 : 0.6, Start.AddSeconds(t * 0.1));
            all += decision.Uniform ? 1 : 0;
            unsure += decision.Uniform && t % 2 == 1 ? 1 : 0;
        }

        all.ShouldBeGreaterThan(300);
        unsure.ShouldBeInRange((int)((all / 2.0) - (2 * Math.Sqrt(all))), (int)((all / 2.0) + (2 * Math.Sqrt(all))));
    }

    [Fact]
    public void The_same_past_gives_the_less_sure_prediction_the_larger_probability()
    {
        double PiAfterTheSamePast(double score)
        {
            var sampler = new Sampler(new SamplerOptions(), Key);
            foreach (var g in ScoreStreams.Make("steady").AsSpan(0, 3_000))
            {
                sampler.Decide("x", g, Start);
            }

            return sampler.Decide("x", score, Start).InclusionProbability;
        }

        var pis = new[] { 1, 0.999, 0.99, 0.9, 0.7, 0.5 }.Select(PiAfterTheSamePast).ToArray();
        pis.ShouldBeInOrder(SortDirection.Ascending);
        pis[^1].ShouldBeGreaterThan(1.5 * pis[0]);
        PiAfterTheSamePast(0.1).ShouldBe(PiAfterTheSamePast(0.9), 1e-15);
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void A_replay_decides_the_same(SamplingPolicy policy)
    {
        SamplingDecision[] Replay(ulong seed)
        {
            var sampler = new Sampler(new SamplerOptions { Policy = policy, Budget = 0.05, Coin = CoinKey.FromSeed(seed) }, Key);
            return [.. ScoreStreams.Make("steady").Take(5_000).Select((g, t) => sampler.Decide($"p{t}", g, Start.AddSeconds(t)))];
        }

        var first = Replay(5);
        Replay(5).ShouldBe(first);
        first.Count(d => d.Selected).ShouldBeGreaterThan(100);
        if (policy != SamplingPolicy.TopUncertainty)
        {
            Replay(6).ShouldNotBe(first);
        }
    }

    [SimulationTheory]
    [InlineData(0.001)]
    [InlineData(0.01)]
    [InlineData(0.1)]
    public void Paper_literal_takes_the_most_uncertain_share_and_gives_it_no_probability(double budget)
    {
        var scores = ScoreStreams.Make("steady");
        var sampler = new Sampler(
            new SamplerOptions { Policy = SamplingPolicy.TopUncertainty, Budget = budget, MaxRequestsPerHour = int.MaxValue }, Key);
        var decisions = scores.Select((g, t) => sampler.Decide($"p{t}", g, Start.AddSeconds(t))).ToArray();

        decisions.ShouldAllBe(d => d.InclusionProbability == 0 && !d.Covered && !d.Capped);
        ((double)decisions.Count(d => d.Selected)).ShouldBe(budget * scores.Length, 10 + (240 * budget) + 1);
        var uncertainty = scores.Select(g => g * (1 - g)).ToArray();
        var cut = uncertainty.OrderDescending().ElementAt((int)(3 * budget * scores.Length));

        // Until there have been ten above the cut the quantile is a guess.
        var settled = (int)(10 / budget);
        decisions.Zip(uncertainty).Skip(settled).Where(d => d.First.Selected).Count(d => d.Second < cut).ShouldBe(0);
    }

    [Theory]
    [InlineData("all sure")]
    [InlineData("all unsure")]
    [InlineData("ten times less sure")]
    [InlineData("exactly right or wrong")]
    public void Paper_literal_keeps_to_its_share_among_ties(string stream)
    {
        var scores = ScoreStreams.Make(stream);
        var sampler = new Sampler(new SamplerOptions { Policy = SamplingPolicy.TopUncertainty, MaxRequestsPerHour = int.MaxValue }, Key);
        var selected = scores.Select((g, t) => sampler.Decide($"p{t}", g, Start)).Count(d => d.Selected);

        // Ten, and 240 predictions' worth; one to round.
        selected.ShouldBeInRange((scores.Length / 100) - 13, (scores.Length / 100) + 13);
        sampler.ExpectedRequests.ShouldBe(selected);
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void A_decision_allocates_nothing(SamplingPolicy policy)
    {
        var sampler = new Sampler(new SamplerOptions { Policy = policy, MaxRequestsPerHour = 50 }, Key);
        var ids = Enumerable.Range(0, 1_000).Select(i => $"prediction-{i}").ToArray();
        void Run(int count)
        {
            for (var i = 0; i < count; i++)
            {
                sampler.Decide(ids[i % ids.Length], i % 97 / 97.0, Start.AddSeconds(i));
            }
        }

        Run(2_000);
        Allocations.LeastOf(_ => Run(20_000)).ShouldBe(0);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    public void A_score_that_is_none_counts_as_most_uncertain_and_does_no_lasting_harm(double score)
    {
        foreach (var policy in Enum.GetValues<SamplingPolicy>())
        {
            var sampler = new Sampler(new SamplerOptions { Policy = policy }, Key);
            var twin = new Sampler(new SamplerOptions { Policy = policy }, Key);
            sampler.Decide("a", score, Start).ShouldBe(twin.Decide("a", 0.5, Start));
            sampler.Decide("b", 0.9, Start).ShouldBe(twin.Decide("b", 0.9, Start));
        }
    }

    [Theory]
    [InlineData(0, 0.5, 0.02, 10, "Budget")]
    [InlineData(1.01, 0.5, 0.02, 10, "Budget")]
    [InlineData(double.NaN, 0.5, 0.02, 10, "Budget")]
    [InlineData(0.01, 0, 0.02, 10, "UniformShare")]
    [InlineData(0.01, 1.5, 0.02, 10, "UniformShare")]
    [InlineData(0.01, 0.5, 0, 10, "Floor")]
    [InlineData(0.01, 0.5, 0.51, 10, "Floor")]
    [InlineData(0.01, 0.5, 0.02, 0, "MaxRequestsPerHour")]
    public void An_option_out_of_range_is_named(double budget, double uniformShare, double floor, int cap, string name)
    {
        var options = new SamplerOptions { Budget = budget, UniformShare = uniformShare, Floor = floor, MaxRequestsPerHour = cap };
        Should.Throw<ArgumentOutOfRangeException>(() => new Sampler(options, Key)).ParamName.ShouldBe(name);
    }

    [Fact]
    public void An_option_at_its_bound_is_accepted()
    {
        var options = new SamplerOptions { Budget = 1, UniformShare = 1, Floor = 0.5, MaxRequestsPerHour = 1 };
        Should.NotThrow(() => new Sampler(options, Key));
    }

    [Fact]
    public void A_value_out_of_range_is_told_with_its_bound()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new Sampler(new SamplerOptions { Floor = 0.6 }, Key))
            .Message.ShouldContain("Floor must be above 0 and at most 0.5.");
        Should.Throw<ArgumentOutOfRangeException>(() => new Sampler(new SamplerOptions { Policy = (SamplingPolicy)9 }, Key))
            .Message.ShouldContain("Policy is none of the sampling policies.");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-0.5)]
    [InlineData(1.001)]
    [InlineData(double.NaN)]
    public void A_uniform_share_out_of_range_is_refused_and_changes_nothing(double share)
    {
        var sampler = new Sampler(new SamplerOptions(), Key) { UniformShare = 1 };
        Should.Throw<ArgumentOutOfRangeException>(() => sampler.UniformShare = share).ParamName.ShouldBe("UniformShare");
        sampler.UniformShare.ShouldBe(1);
    }

    // The mean uncertainty starts at 0.25, and u of 0.5 is 0.5: π = b·(½ + ½·2). The floor of u is 0.02.
    [Theory]
    [InlineData(SamplingPolicy.Mixed, 0.5, 0.015)]
    [InlineData(SamplingPolicy.Mixed, 0.9, 0.011)]
    [InlineData(SamplingPolicy.Mixed, 1, 0.0054)]
    [InlineData(SamplingPolicy.Stratified, 0.5, 0.01)]
    [InlineData(SamplingPolicy.Uniform, 0.5, 0.01)]
    public void The_first_probability_is_that_of_the_formula(SamplingPolicy policy, double score, double expected)
    {
        var sampler = new Sampler(new SamplerOptions { Policy = policy }, Key);
        sampler.Decide("p", score, Start).InclusionProbability.ShouldBe(expected, 1e-12);
        sampler.ExpectedRequests.ShouldBe(expected, 1e-12);
    }

    // The mean uncertainty is 0.25 + 0.25/21 after the first, and 1.5·b instead of b leaves a debt of −½.
    [Fact]
    public void The_second_probability_knows_the_uncertainty_and_the_cost_of_the_first()
    {
        var sampler = new Sampler(new SamplerOptions(), Key);
        sampler.Decide("p", 0.5, Start);
        var x = -0.5 / 240;
        var expected = 0.01 * (0.5 + (0.5 * 0.3 / (0.25 + (0.25 / 21)) * Math.Exp(x + (2 * x * x * x))));
        sampler.Decide("q", 0.9, Start).InclusionProbability.ShouldBe(expected, 1e-12);
    }

    // The random number of this hash is 15/16, and π is 1.
    [Theory]
    [InlineData(SamplingPolicy.Mixed, 0.5, false)]
    [InlineData(SamplingPolicy.Mixed, 0.95, true)]
    [InlineData(SamplingPolicy.Stratified, 0.2, false)]
    [InlineData(SamplingPolicy.Stratified, 0.95, true)]
    [InlineData(SamplingPolicy.Uniform, 0.5, true)]
    public void Uniform_marks_a_random_number_below_the_smallest_probability(SamplingPolicy policy, double share, bool uniform)
    {
        var options = new SamplerOptions { Policy = policy, Budget = 1, UniformShare = share, MaxRequestsPerHour = int.MaxValue };
        var decision = new Sampler(options, Key).Decide(0xF000_0000_0000_0000, 0.5, Start);
        decision.Selected.ShouldBeTrue();
        decision.InclusionProbability.ShouldBe(1);
        decision.Uniform.ShouldBe(uniform);
    }

    // With a uniform share of a fifth a prediction of average density still has half of it for certain: 0.0005 of 0.001.
    [Fact]
    public void Stratified_spends_at_least_half_of_the_budget_uniformly()
    {
        var sampler = new Sampler(new SamplerOptions { Policy = SamplingPolicy.Stratified, UniformShare = 0.2 }, Key);
        for (var i = 0; i < 500; i++)
        {
            sampler.Decide("p", i % 2 == 0 ? 0.5 : 1, Start);
        }

        sampler.Decide("p", 0.001, Start).InclusionProbability.ShouldBeInRange(0.005, 0.0055);
    }

    [Fact]
    public void A_used_up_hour_gives_a_decision_that_is_capped_and_not_covered()
    {
        var options = new SamplerOptions { Policy = SamplingPolicy.Uniform, Budget = 1, MaxRequestsPerHour = 1 };
        var sampler = new Sampler(options, Key);
        var first = sampler.Decide("p", 0.5, Start);
        first.ShouldBe(new SamplingDecision(Selected: true, InclusionProbability: 1, SamplingPolicy.Uniform, Capped: false) { Uniform = true });
        sampler.Decide("q", 0.5, Start).ShouldBe(new SamplingDecision(Selected: false, InclusionProbability: 0, SamplingPolicy.Uniform, Capped: true));
        sampler.ExpectedRequests.ShouldBe(1);
    }

    // The first 500 predictions only set the threshold; the one tie that is selected then uses up the hour.
    [Fact]
    public void Top_uncertainty_counts_its_requests_against_the_cap()
    {
        var options = new SamplerOptions { Policy = SamplingPolicy.TopUncertainty, Budget = 1, MaxRequestsPerHour = 1 };
        var sampler = new Sampler(options, Key);
        for (var i = 0; i < 500; i++)
        {
            sampler.Decide("p", 0.5, Start).ShouldBe(new SamplingDecision(false, 0, SamplingPolicy.TopUncertainty, Capped: false));
        }

        sampler.Decide("p", 0.5, Start).ShouldBe(new SamplingDecision(true, 0, SamplingPolicy.TopUncertainty, Capped: false));
        sampler.Decide("p", 0.5, Start).ShouldBe(new SamplingDecision(false, 0, SamplingPolicy.TopUncertainty, Capped: true));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1e-9, true)]
    [InlineData(1, true)]
    public void A_prediction_with_a_probability_is_covered(double probability, bool covered) =>
        new SamplingDecision(false, probability, SamplingPolicy.Mixed, Capped: false).Covered.ShouldBe(covered);

    [Fact]
    public void An_unknown_policy_is_refused() =>
        Should.Throw<ArgumentOutOfRangeException>(() => new Sampler(new SamplerOptions { Policy = (SamplingPolicy)9 }, Key))
            .ParamName.ShouldBe("Policy");

    [Fact]
    public void Policy_numbers_are_persisted_and_may_only_be_added_to() =>
        Enum.GetValues<SamplingPolicy>().Select(p => $"{p}={(int)p}")
            .ShouldBe(["Mixed=1", "Uniform=2", "Stratified=3", "TopUncertainty=4"]);
}
