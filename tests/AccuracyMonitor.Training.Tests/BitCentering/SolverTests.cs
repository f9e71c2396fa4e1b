using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Training.BitCentering;

namespace AccuracyMonitor.Training.Tests.BitCentering;

public sealed class SolverTests
{
    [Fact]
    public void Bit_centering_has_no_floor_where_eight_bits_on_a_fixed_grid_have_one()
    {
        for (var seed = 1UL; seed <= 3; seed++)
        {
            var head = Head(1000, 11, seed, 0.01);
            double Norm(SolverKind kind, int bits) => Solver.Run(
                head, kind, new SolverOptions { Rate = 0.5 / head.Smoothness, Bits = bits, Seed = seed, FixedReach = 1.5 }).Trace.TakeLast(5)
                    .Average(t => t.GradientNorm);

            var (sgd, svrg, halp) = (Norm(SolverKind.LpSgd, 8), Norm(SolverKind.LpSvrg, 8), Norm(SolverKind.Halp, 8));

            halp.ShouldBeLessThan(sgd / 1000);
            halp.ShouldBeLessThan(svrg / 100);
            Norm(SolverKind.Halp, 4).ShouldBeLessThan(sgd / 10);
            svrg.ShouldBeGreaterThan(1e-5, "the control: a fixed grid has a floor");
        }
    }

    [Fact]
    public void A_grid_too_narrow_is_never_silent()
    {
        var head = Head(500, 6, 5, 0.05);

        var trace = Solver.Run(head, SolverKind.Halp, new SolverOptions { Rate = 0.5 / head.Smoothness, Epochs = 3, Mu = 1000, Seed = 1 }).Trace;

        trace.ShouldAllBe(t => t.SaturatedShare > 0.5);
    }

    [Fact]
    public void Rounding_is_unbiased_inside_the_grid_and_clamped_outside()
    {
        var random = SplitMix64.Stream(1, 2, 3);
        var grid = LowPrecisionGrid.Reaching(4, 7);
        var (sum, clamped) = (0.0, new int[2]);
        const int Draws = 20_000;
        for (var i = 0; i < Draws; i++)
        {
            double[] values = [2.3, 50];
            grid.Round(values, clamped, ref random);
            values[0].ShouldBeOneOf(2, 3);
            values[1].ShouldBe(7);
            sum += values[0];
        }

        (sum / Draws).ShouldBe(2.3, 4 * Math.Sqrt(0.3 * 0.7 / Draws));
        clamped.ShouldBe([0, Draws]);
    }

    [Fact]
    public void Gradients_are_those_of_the_objective()
    {
        Check(Head(50, 5, 6, 0.1));
        Check(Network());
    }

    [Fact]
    public void The_same_seed_gives_the_same_weights()
    {
        var head = Head(200, 6, 7, 0.05);
        double[] Run(ulong seed) => Solver.Run(head, SolverKind.Halp, new SolverOptions { Rate = 0.3, Epochs = 3, Seed = seed }).Weights;

        Run(1).ShouldBe(Run(1));
        Run(1).ShouldNotBe(Run(2));
    }

    private static void Check(IFiniteSum sum)
    {
        var random = new Random(3);
        double[] w = [.. Enumerable.Range(0, sum.Dimension).Select(_ => 0.3 * (random.NextDouble() - 0.5))];
        var gradient = new double[w.Length];
        sum.Gradient(w, default, gradient);
        const double H = 1e-6;
        for (var j = 0; j < w.Length; j += Math.Max(1, w.Length / 40))
        {
            double At(double shift)
            {
                var moved = w.ToArray();
                moved[j] += shift;
                return sum.Objective(moved);
            }

            gradient[j].ShouldBe((At(H) - At(-H)) / (2 * H), 1e-5 * (1 + Math.Abs(gradient[j])));
        }

        // Batches together are the whole.
        var (parts, part) = (new double[w.Length], new double[w.Length]);
        for (var i = 0; i < sum.Count; i++)
        {
            sum.Gradient(w, [i], part);
            for (var j = 0; j < w.Length; j++)
            {
                parts[j] += part[j] / sum.Count;
            }
        }

        for (var j = 0; j < w.Length; j++)
        {
            parts[j].ShouldBe(gradient[j], 1e-9);
        }
    }

    private static NetworkProblem Network()
    {
        var (shape, weights) = MonitorFile.Read(LastLayerRecalibrationTests.Monitor);
        var data = Training.Networks.TrainingData.From(SomeReference.Draw(60, 4, 8), shape.Encoding);
        return new NetworkProblem(shape, weights, data, 0.02, SplitMix64.Stream(1, 1, 1));
    }

    private static LogisticHead Head(int n, int d, ulong seed, double penalty)
    {
        var random = SplitMix64.Stream(seed, 1, 1);
        var truth = Enumerable.Range(0, d).Select(_ => random.NextDouble() - 0.5).ToArray();
        var x = new double[n * d];
        var correct = new float[n];
        for (var i = 0; i < n; i++)
        {
            var z = 0.0;
            for (var j = 0; j < d; j++)
            {
                x[(i * d) + j] = j == d - 1 ? 1 : (2 * random.NextDouble()) - 1;
                z += 2 * truth[j] * x[(i * d) + j];
            }

            correct[i] = random.NextDouble() < 1 / (1 + Math.Exp(-z)) ? 1 : 0;
        }

        return new LogisticHead(x, new double[n], correct, [.. Enumerable.Repeat(1f, n)], penalty);
    }
}
