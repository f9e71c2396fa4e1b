using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Training.Stress;

namespace AccuracyMonitor.Training.Tests.Stress;

public sealed class ParticleSwarmTests
{
    private static readonly float[] Lower = [.. Enumerable.Repeat(-1f, 10)];
    private static readonly float[] Upper = [.. Enumerable.Repeat(1f, 10)];

    [Fact]
    public void It_finds_the_least_value_of_a_bowl_far_better_than_as_many_draws()
    {
        var options = new SwarmOptions { Iterations = 60 };
        var (swarm, drawn) = (0.0, 0.0);
        for (ulong seed = 0; seed < 5; seed++)
        {
            var search = Swarm(Bowl, options, seed);
            search.Run(enough: 0);
            search.Evaluations.ShouldBe(options.Budget);
            swarm += search.BestValue;
            drawn += Swarm(Bowl, options with { Particles = options.Budget, Iterations = 0 }, seed).BestValue;
        }

        swarm.ShouldBeLessThan(drawn / 10);
    }

    [Fact]
    public void It_stays_in_the_box_moves_at_most_its_velocity_and_keeps_the_best_of_all_steps()
    {
        var options = new SwarmOptions { Particles = 8, MostVelocity = 0.1 };
        var least = double.PositiveInfinity;
        var search = Swarm(
            (positions, values) =>
            {
                Bowl(positions, values);
                least = Math.Min(least, Least(values));
            },
            options,
            seed: 3);
        for (var step = 0; step < 50; step++)
        {
            float[] before = [.. search.Positions];

            search.Step();

            search.Positions.ShouldAllBe(x => x >= -1 && x <= 1);
            search.Positions.Zip(before).Max(pair => Math.Abs(pair.First - pair.Second)).ShouldBeLessThanOrEqualTo(0.2f + 1e-6f);
            search.BestValue.ShouldBe(least);
            var value = new double[1];
            Bowl(search.Best, value);
            value[0].ShouldBe(search.BestValue);
        }
    }

    [Fact]
    public void Each_particle_is_pulled_to_the_best_it_was_at_itself()
    {
        var options = new SwarmOptions { Particles = 12, SwarmPull = 0, Inertia = 0, OwnPull = 1 };
        var (places, least) = (new float[12][], new double[12]);
        least.AsSpan().Fill(double.PositiveInfinity);
        var search = Swarm(
            (positions, asked) =>
            {
                Bowl(positions, asked);
                for (var i = 0; i < asked.Length; i++)
                {
                    places[i] = asked[i] < least[i] ? positions.Slice(i * Lower.Length, Lower.Length).ToArray() : places[i];
                    least[i] = Math.Min(least[i], asked[i]);
                }
            },
            options,
            seed: 1);
        for (var step = 0; step < 20; step++)
        {
            float[][] best = [.. places];
            float[] before = [.. search.Positions];

            search.Step();

            // c₁ = 1 and nothing else: every coordinate ends between where it was and its own best.
            for (var i = 0; i < before.Length; i++)
            {
                var (from, to) = (before[i], best[i / Lower.Length][i % Lower.Length]);
                search.Positions[i].ShouldBeInRange(Math.Min(from, to) - 1e-6f, Math.Max(from, to) + 1e-6f);
            }
        }
    }

    /// <summary>Without any pull a particle goes on with what is left of its velocity: it is kept, and not drawn anew.</summary>
    [Fact]
    public void Velocity_persists()
    {
        var search = Swarm(Bowl, new SwarmOptions { Particles = 2, OwnPull = 0, SwarmPull = 0, Inertia = 0.5, MostVelocity = 0.01 }, seed: 2);
        float[] start = [.. search.Positions];
        search.Step();
        float[] first = [.. search.Positions];
        search.Step();
        var (moved, again) = (first.Zip(start, (a, b) => a - b), search.Positions.Zip(first, (a, b) => a - b));
        moved.Zip(again).ShouldAllBe(pair => Math.Abs(pair.Second - (0.5f * pair.First)) < 1e-6f || Math.Abs(pair.First) < 1e-7f);
    }

    [Fact]
    public void It_ends_once_the_value_is_low_enough_and_the_same_seed_does_the_same()
    {
        var search = Swarm(Bowl, new SwarmOptions { Iterations = 100 }, seed: 5);
        search.Run(enough: 0.5);
        search.BestValue.ShouldBeLessThan(0.5);
        search.Evaluations.ShouldBeLessThan(40 * 101);

        var twin = Swarm(Bowl, new SwarmOptions { Iterations = 100 }, seed: 5);
        twin.Run(enough: 0.5);
        twin.Best.ShouldBe(search.Best);
        Should.Throw<OperationCanceledException>(() => Swarm(Bowl, new SwarmOptions(), 1).Run(0, new CancellationToken(canceled: true)));
    }

    private static ParticleSwarm Swarm(ParticleSwarm.Values values, SwarmOptions options, ulong seed) =>
        new(Lower, Upper, values, options, new SplitMix64(seed));

    /// <summary>0 at 0.5 in every direction.</summary>
    private static void Bowl(ReadOnlySpan<float> positions, Span<double> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = 0;
            foreach (var x in positions.Slice(i * Lower.Length, Lower.Length))
            {
                values[i] += (x - 0.5) * (x - 0.5);
            }
        }
    }

    private static double Least(ReadOnlySpan<double> values)
    {
        var least = double.PositiveInfinity;
        foreach (var value in values)
        {
            least = Math.Min(least, value);
        }

        return least;
    }
}
