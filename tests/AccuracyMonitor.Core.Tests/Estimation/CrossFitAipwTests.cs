using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Core.Recalibration;

namespace AccuracyMonitor.Core.Tests.Estimation;

public class CrossFitAipwTests
{
    private const int Classes = 4;
    private const double Share = 0.1;

    [SimulationFact]
    public void A_head_taught_by_the_window_itself_makes_the_estimate_better_and_its_interval_still_holds()
    {
        // Two classes of four are mostly wrong now; the monitor gives every prediction the same score and cannot know.
        const int Windows = 80;
        var random = new Random(9);
        var squaredHead = 0.0;
        var squaredUniform = 0.0;
        var error = 0.0;
        var held = 0;
        for (var i = 0; i < Windows; i++)
        {
            var (population, labels, truth) = Draw(random, 1500);

            var estimate = CrossFitAipw.Estimate(population, labels, new RecalibrationHeadOptions(), 0.05);

            estimate.State.ShouldBe(EstimateState.Ok);
            squaredHead += (estimate.Value - truth) * (estimate.Value - truth);
            error += estimate.Value - truth;
            held += truth >= estimate.Lower && truth <= estimate.Upper ? 1 : 0;
            var uniform = labels.Average(l => l.Correct ? 1.0 : 0) - truth;
            squaredUniform += uniform * uniform;
        }

        squaredHead.ShouldBeLessThan(0.7 * squaredUniform);
        Math.Abs(error / Windows).ShouldBeLessThan(4 * Math.Sqrt(squaredHead) / Windows);

        // 93 % less three standard errors of the simulation.
        held.ShouldBeGreaterThanOrEqualTo((int)(Windows * (0.93 - (3 * Math.Sqrt(0.93 * 0.07 / Windows)))));
    }

    [Fact]
    public void Without_a_label_there_is_a_state_and_no_number()
    {
        var (population, _, _) = Draw(new Random(1), 50);

        CrossFitAipw.Estimate(population, [], new RecalibrationHeadOptions(), 0.05).State.ShouldBe(EstimateState.InsufficientLabels);
    }

    [Fact]
    public void One_label_and_labels_of_one_kind_are_taken()
    {
        var (population, labels, _) = Draw(new Random(2), 300);
        foreach (var some in new[] { labels.Take(1).ToList(), labels.Where(l => l.Correct).ToList(), labels.Where(l => !l.Correct).ToList() })
        {
            var estimate = CrossFitAipw.Estimate(population, some, new RecalibrationHeadOptions(), 0.05);
            estimate.Lower.ShouldBeInRange(0, estimate.Value);
            estimate.Upper.ShouldBeInRange(estimate.Value, 1);
        }
    }

    [Fact]
    public void The_order_of_the_labels_does_not_matter()
    {
        var (population, labels, _) = Draw(new Random(3), 600);

        var one = CrossFitAipw.Estimate(population, labels, new RecalibrationHeadOptions(), 0.05);
        var other = CrossFitAipw.Estimate(population, [.. labels.AsEnumerable().Reverse()], new RecalibrationHeadOptions(), 0.05);

        other.Value.ShouldBe(one.Value, 1e-6);
        other.Lower.ShouldBe(one.Lower, 1e-6);
    }

    [Fact]
    public void A_row_that_occurs_twice_counts_twice()
    {
        float[] rows = [0.9f, 0.1f, 0.6f, 0.4f];
        var once = new WindowPopulation([.. rows, 0.6f, 0.4f], [2, 0, 0], [0, 0, 0], 2);
        var twice = new WindowPopulation(rows, [2, 0], [0, 0], 2, [1, 2]);

        var head = RecalibrationHead.Identity;
        twice.Count.ShouldBe(3);
        twice.MeanScore(head).ShouldBe(once.MeanScore(head), 1e-12);
        once.MeanScore(head).ShouldBe(((1 / (1 + Math.Exp(-2))) + 0.5 + 0.5) / 3, 1e-12);
    }

    [Fact]
    public void Lengths_that_do_not_fit_and_empty_windows_are_refused()
    {
        Should.Throw<ArgumentException>(() => new WindowPopulation([0.5f], [0], [0], 2));
        Should.Throw<ArgumentException>(() => new WindowPopulation([0.5f, 0.5f], [0], [0, 1], 2));
        Should.Throw<ArgumentException>(() => new WindowPopulation([0.5f, 0.5f], [0], [0], 2, [1, 1]));
        Should.Throw<ArgumentException>(() => new WindowPopulation([], [], [], 2));
        Should.Throw<ArgumentException>(() => new WindowPopulation([0.5f, 0.5f], [0], [0], 2, [0]));
    }

    private static (WindowPopulation Population, List<LabelledPrediction> Labels, double Accuracy) Draw(Random random, int predictions)
    {
        var probabilities = new float[predictions * Classes];
        var logits = new double[predictions];
        var predicted = new int[predictions];
        var labels = new List<LabelledPrediction>();
        var right = 0;
        for (var i = 0; i < predictions; i++)
        {
            predicted[i] = random.Next(Classes);
            logits[i] = 1.5;
            var row = probabilities.AsSpan(i * Classes, Classes);
            row.Fill(0.1f);
            row[predicted[i]] = 0.7f;
            var isRight = random.NextDouble() < (predicted[i] < 2 ? 0.95 : 0.15);
            right += isRight ? 1 : 0;
            if (random.NextDouble() < Share)
            {
                labels.Add(new LabelledPrediction($"{i}", row.ToArray(), predicted[i], logits[i], isRight, 1 / Share));
            }
        }

        return (new WindowPopulation(probabilities, logits, predicted, Classes), labels, (double)right / predictions);
    }
}
