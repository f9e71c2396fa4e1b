using AccuracyMonitor.Core;
using AccuracyMonitor.Evaluation.LabelFree;
using CsCheck;

namespace AccuracyMonitor.Evaluation.Tests.LabelFree;

public class ClassTransportTests
{
    [Fact]
    public void By_hand()
    {
        // Both rows lean to class 0, the labels are half and half: the second gives way, at 1 − 0.4.
        var costs = ClassTransport.Costs(Some.Window(0.9f, 0.6f), [1, 1]);
        costs[0].ShouldBe(0.1, 1e-6);
        costs[1].ShouldBe(0.6, 1e-6);

        // Three labels, two of class 0: a third of the mass must leave it, two thirds of the second row.
        costs = ClassTransport.Costs(Some.Window(0.9f, 0.6f), [2, 1]);
        costs[0].ShouldBe(0.1, 1e-6);
        costs[1].ShouldBe((0.4 / 3) + (2 * 0.6 / 3), 1e-6);
    }

    [Fact]
    public void Cot_is_the_exact_linear_program_where_the_published_one_is_approximated() =>
        Gen.Select(Gen.Int[1, 7], Gen.Int[2, 4], Gen.Int[1, 100_000], Gen.Bool)
            .SelectMany(c => Gen.Int[0, 3].Array[c.Item2].Where(m => m.Sum() > 0).Select(marginal => (c, marginal)))
            .Sample(t =>
            {
                var ((n, k, seed, ties), marginal) = t;
                var p = Some.Draw(seed, n, k).Probabilities;
                if (ties)
                {
                    // One-hot rows: many best solutions.
                    p = [.. Enumerable.Range(0, n).SelectMany(i => Enumerable.Range(0, k).Select(j => j == (i * seed) % k ? 1f : 0f))];
                }

                var window = new SoftmaxOutputs(p, k);
                var (mine, expected) = (ClassTransport.Costs(window, marginal).Average(), BruteForce(window, marginal));
                mine.ShouldBe(expected, 1e-9);
            });

    [Fact]
    public void Larger_windows_keep_the_marginal_and_cannot_be_improved()
    {
        // Weak duality: prices v bound the least cost from below by mean min_k (1 − q_k − v_k) + Σ share_k·v_k; an ascent must come up to it.
        const int K = 5;
        var window = new SoftmaxOutputs(Some.Draw(8, 100, K).Probabilities, K);
        int[] marginal = [70, 10, 0, 15, 5];
        var cost = ClassTransport.Costs(window, marginal).Average();
        var prices = new double[K];
        var best = double.NegativeInfinity;
        for (var step = 1; step <= 3_000; step++)
        {
            var (value, gradient) = (0.0, marginal.Select(m => m / 100.0).ToArray());
            for (var i = 0; i < window.Count; i++)
            {
                var row = window.Row(i);
                var k = 0;
                for (var j = 1; j < K; j++)
                {
                    k = marginal[j] > 0 && 1.0 - row[j] - prices[j] < 1.0 - row[k] - prices[k] ? j : k;
                }

                value += (1.0 - row[k] - prices[k]) / window.Count;
                gradient[k] -= 1.0 / window.Count;
            }

            best = Math.Max(best, value + Enumerable.Range(0, K).Sum(k => marginal[k] / 100.0 * prices[k]));
            for (var k = 0; k < K; k++)
            {
                prices[k] += gradient[k] / Math.Sqrt(step);
            }
        }

        cost.ShouldBeGreaterThanOrEqualTo(best - 1e-9);
        cost.ShouldBe(best, 2e-3);
    }

    [Fact]
    public void Costs_are_those_of_the_row_in_any_order() =>
        Gen.Int[1, 100_000].Sample(
            seed =>
            {
                var set = Some.Draw(seed, 30, 3);
                var order = Enumerable.Range(0, 30).OrderBy(i => (i * 7) % 30 + (i / 30.0)).ToArray();
                var mixed = new SoftmaxOutputs([.. order.SelectMany(i => set.Row(i).ToArray())], 3);
                var (costs, other) = (ClassTransport.Costs(new(set.Probabilities, 3), [5, 1, 1]), ClassTransport.Costs(mixed, [5, 1, 1]));
                order.Select((i, place) => Math.Abs(costs[i] - other[place])).Max().ShouldBeLessThan(1e-12);
            },
            iter: 50);

    [Fact]
    public void A_class_without_labels_gets_nothing()
    {
        var costs = ClassTransport.Costs(new SoftmaxOutputs([1, 0, 0, 0, 0, 1], 3), [0, 3, 1]);
        costs[0].ShouldBe(1);
        costs[1].ShouldBe(0.5);
    }

    [Fact]
    public void Cot_and_cott_by_hand()
    {
        // Labels half and half, and two rows lean either way: costs 0.1, 0.2, 0.3, 0.4, of which the last two rows are errors.
        var reference = new LabelledReference(new ReferenceSet(Some.Binary(0.9f, 0.2f, 0.7f, 0.4f), [0, 1, 1, 0], 2));

        // Here too every row goes to its own class: 0.1 + 0.3 + 0.2 + 0.45 of four.
        var window = Some.Window(0.9f, 0.7f, 0.2f, 0.45f);
        new OptimalTransport(reference).Estimate(window)!.Value.ShouldBe(1 - (1.05 / 4), 1e-6);

        // Two errors: costs up to 0.2 are right, as 0.1 and 0.2 are here.
        new ThresholdedTransport(reference).Estimate(window)!.Value.ShouldBe(0.5);
    }

    /// <summary>Least mean cost with every row split into as many units as there are labels, by trying all ways with memory.</summary>
    private static double BruteForce(SoftmaxOutputs window, int[] marginal)
    {
        var (n, labels) = (window.Count, marginal.Sum());
        var memory = new Dictionary<string, double>(StringComparer.Ordinal);
        return Best(0, [.. marginal.Select(m => m * n)]) / ((double)n * labels);

        double Best(int unit, int[] room)
        {
            if (unit == n * labels)
            {
                return 0;
            }

            var key = unit + ":" + string.Join(',', room);
            if (!memory.TryGetValue(key, out var best))
            {
                best = double.PositiveInfinity;
                for (var k = 0; k < room.Length; k++)
                {
                    if (room[k] > 0)
                    {
                        var less = (int[])room.Clone();
                        less[k]--;
                        best = Math.Min(best, 1.0 - window.Row(unit / labels)[k] + Best(unit + 1, less));
                    }
                }

                memory[key] = best;
            }

            return best;
        }
    }
}
