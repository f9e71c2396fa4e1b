using AccuracyMonitor.Core.Estimation;
using CsCheck;

namespace AccuracyMonitor.Core.Tests.Estimation;

public class LureTests
{
    [Fact]
    public void Weights_by_hand()
    {
        // N = 4, M = 2: v_1 = 1 + 2/3·(1/(4·½) − 1) = 2/3; v_2 = 1 + 2/2·(1/(3·¼) − 1) = 4/3.
        Lure.Weight(4, 2, 1, 0.5).ShouldBe(2.0 / 3, 1e-12);
        Lure.Weight(4, 2, 2, 0.25).ShouldBe(4.0 / 3, 1e-12);

        // The first right, the second wrong: R̂ = ½·4/3; s² = 2·(2/3)² = 8/9, of the mean (1 − ½)·(8/9)/2.
        var interval = Lure.Estimate(4, [new(3, 0.5), new(0, 0.25)], i => i == 3, 0.5);
        interval.Value.ShouldBe(1.0 / 3, 1e-12);
        interval.Upper.ShouldBe((1.0 / 3) + (0.6744897501960817 * Math.Sqrt(2.0 / 9)), 1e-9);
    }

    [Fact]
    public void A_uniform_proposal_weighs_every_draw_one() =>
        Gen.Select(Gen.Int[1, 50], Gen.Int[1, 50]).Where((n, m) => m <= n).Sample((n, labels) =>
        {
            for (var m = 1; m <= labels; m++)
            {
                Lure.Weight(n, labels, m, 1.0 / (n - m + 1)).ShouldBe(1, 1e-12);
            }
        });

    [Fact]
    public void Over_all_sequences_the_estimate_is_the_pools_accuracy()
    {
        // Every ordered pair of four points with its probability: no simulation error.
        double[] u = [0.1, 0.5, 0.2, 1];
        bool[] right = [true, false, true, false];
        var expected = 0.0;
        for (var i = 0; i < 4; i++)
        {
            for (var j = 0; j < 4; j++)
            {
                if (j != i)
                {
                    var (first, second) = (u[i] / u.Sum(), u[j] / (u.Sum() - u[i]));
                    var risk = ((right[i] ? 0 : Lure.Weight(4, 2, 1, first)) + (right[j] ? 0 : Lure.Weight(4, 2, 2, second))) / 2;
                    expected += first * second * (1 - risk);
                }
            }
        }

        expected.ShouldBe(0.5, 1e-12);
    }

    [SimulationFact]
    public void Drawn_by_uncertainty_it_is_unbiased_and_beats_uniform_draws()
    {
        const int Runs = 2000;
        const int N = 400;
        var random = new Random(5);
        var scores = Enumerable.Range(0, N).Select(_ => random.NextDouble() < 0.8 ? 0.99 : 0.3 + (0.5 * random.NextDouble())).ToArray();
        var right = scores.Select(g => random.NextDouble() < g).ToArray();
        var truth = right.Count(r => r) / (double)N;
        var uncertain = scores.Select(g => Math.Sqrt(g * (1 - g))).ToArray();
        var (active, uniform) = (Errors(uncertain), Errors(new double[N]));

        // Three standard errors of the simulation's mean.
        active.Average().ShouldBe(0, 3 * Math.Sqrt(active.Average(e => e * e) / Runs));
        active.Average(e => e * e).ShouldBeLessThan(0.8 * uniform.Average(e => e * e));

        double[] Errors(double[] u) =>
            [.. Enumerable.Range(0, Runs).Select(_ =>
                {
                    // The risk itself, before the interval is cut to [0,1].
                    var picks = Lure.Draw(u, 40, random.NextDouble);
                    var risk = picks.Select((p, m) => right[p.Index] ? 0 : Lure.Weight(N, 40, m + 1, p.Proposal)).Average();
                    return 1 - risk - truth;
                })];
    }

    [Fact]
    public void Draw_never_takes_a_point_twice_and_floors_the_sure()
    {
        var random = new Random(3);
        double[] u = [0, 1, 1, 2];
        var firstIsSure = 0;
        for (var run = 0; run < 20_000; run++)
        {
            var picks = Lure.Draw(u, 4, random.NextDouble);
            picks.Select(p => p.Index).Order().ShouldBe([0, 1, 2, 3]);
            picks[^1].Proposal.ShouldBe(1);
            firstIsSure += picks[0].Index == 0 ? 1 : 0;
        }

        // Mean 1, so the first weighs 0.1 of 4.1; three standard errors.
        (firstIsSure / 20_000.0).ShouldBe(0.1 / 4.1, 3 * Math.Sqrt(0.025 / 20_000));
    }

    [Fact]
    public void A_pool_labelled_to_the_end_is_known_exactly()
    {
        var picks = Lure.Draw([0.2, 0.9, 0.4], 3, new Random(1).NextDouble);
        Lure.Estimate(3, picks, i => i != 1, 0.05).ShouldBe(new Interval(1 - (1.0 / 3), 1 - (1.0 / 3), 1 - (1.0 / 3)));
    }

    [Fact]
    public void Degenerate_draws_have_an_estimate()
    {
        Lure.Draw([0, 0, 0], 1, () => 0.5).ShouldBe([new LurePick(1, 1.0 / 3)]);
        Lure.Draw([], 0, () => 0.5).ShouldBeEmpty();
        Lure.Estimate(3, [], _ => true, 0.05).ShouldBe(new Interval(0.5, 0, 1));
        Lure.Estimate(3, [new(0, 0.2)], _ => true, 0.05).ShouldBe(new Interval(1, 0, 1));
        Lure.Estimate(9, [new(0, 0.2), new(1, 0.1)], _ => true, 0.05).ShouldBe(new Interval(1, 1, 1));
        Lure.Estimate(9, [new(0, 0.001), new(1, 0.001)], _ => false, 0.05).Value.ShouldBe(0);
    }

    [Fact]
    public void The_only_point_of_a_pool_is_known_exactly() =>
        Lure.Estimate(1, [new(0, 1)], _ => false, 0.05).ShouldBe(new Interval(0, 0, 0));

    // Weights 1, 2 and 5 of 8, then what is left of them: the place in the sum decides.
    [Theory]
    [InlineData(0, 0, 0.125)]
    [InlineData(0.124, 0, 0.125)]
    [InlineData(0.125, 1, 0.25)]
    [InlineData(0.374, 1, 0.25)]
    [InlineData(0.375, 2, 0.625)]
    [InlineData(0.999, 2, 0.625)]
    public void Draw_takes_the_point_at_the_random_place_of_the_sum(double place, int index, double proposal) =>
        Lure.Draw([1, 2, 5], 1, () => place).ShouldBe([new LurePick(index, proposal)]);

    [Fact]
    public void One_wrong_label_of_two_points_says_nothing() =>
        Lure.Estimate(2, [new(0, 0.5)], _ => false, 0.05).ShouldBe(new Interval(0, 0, 1));

    // A uniform proposal weighs each draw 1: s² of 1, 1, 0 is 1/3, and half of the pool is known.
    [Fact]
    public void Three_uniform_draws_of_six_have_the_variance_of_a_sample() =>
        Lure.Estimate(6, [new(0, 1.0 / 6), new(1, 0.2), new(2, 0.25)], i => i == 2, 0.5).Upper
            .ShouldBe((1.0 / 3) + (0.6744897501960817 * Math.Sqrt(1.0 / 3 / 3 / 2)), 1e-9);

    [Fact]
    public void Draw_divides_by_what_is_left() =>
        Lure.Draw([1, 2, 5], 3, () => 0).ShouldBe([new LurePick(0, 0.125), new LurePick(2, 5.0 / 7), new LurePick(1, 1)]);

    [Fact]
    public void Bad_input_is_refused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => Lure.Draw([0.1], -1, () => 0));
        Should.Throw<ArgumentOutOfRangeException>(() => Lure.Draw([double.PositiveInfinity], 1, () => 0));
        Should.Throw<ArgumentOutOfRangeException>(() => Lure.Draw([-0.1, 0.2], 1, () => 0));
        Should.Throw<ArgumentOutOfRangeException>(() => Lure.Weight(3, 2, 1, 1.01));

        Should.Throw<ArgumentOutOfRangeException>(() => Lure.Draw([0.1, double.NaN], 1, () => 0));
        Should.Throw<ArgumentOutOfRangeException>(() => Lure.Draw([0.1], 2, () => 0));
        Should.Throw<ArgumentOutOfRangeException>(() => Lure.Estimate(1, [new(0, 1), new(1, 1)], _ => true, 0.05));
        Should.Throw<ArgumentOutOfRangeException>(() => Lure.Estimate(3, [new(0, 0), new(1, 1)], _ => false, 0.05));
    }
}
