using AccuracyMonitor.Core.Alarms;
using AccuracyMonitor.Core.Windows;
using MathNet.Numerics.Distributions;

namespace AccuracyMonitor.Core.Tests.Alarms;

public class AccuracyAlarmTests
{
    private static double Clean(double g) => g;

    [Fact]
    public void Where_accuracy_is_just_the_objective_evidence_is_worth_the_number_of_labels_on_average()
    {
        // All sequences of ten equally weighted labels, each with its probability: the e-detector's defining property, E[M_n] ≤ n.
        const int Labels = 10;
        const double Objective = 0.9;
        var expected = 0.0;
        for (var bits = 0; bits < 1 << Labels; bits++)
        {
            // A threshold out of reach, so that nothing is cut off.
            var alarm = new AccuracyAlarm(new AccuracyAlarmOptions { Objective = Objective, AverageRunLength = 1e30 });
            var probability = 1.0;
            for (var i = 0; i < Labels; i++)
            {
                var right = ((bits >> i) & 1) == 0;
                probability *= right ? Objective : 1 - Objective;
                alarm.Observe(new LabelPoint(0.9, 0.01, right));
            }

            expected += probability * Math.Exp(alarm.Verdict.LogEvidence);
        }

        expected.ShouldBe(Labels, 1e-6);
    }

    [SimulationFact]
    public void False_alarms_are_as_far_apart_as_promised()
    {
        const int Runs = 200;
        const double Promised = 150;
        var lengths = new double[Runs];
        for (var run = 0; run < Runs; run++)
        {
            var stream = new LabelStream(run);
            var alarm = new AccuracyAlarm(new AccuracyAlarmOptions { Objective = LabelStream.MeanScore, AverageRunLength = Promised });
            while (!alarm.Verdict.Firing && lengths[run] < 20 * Promised)
            {
                alarm.Observe(stream.Next(Clean));
                lengths[run]++;
            }
        }

        var mean = lengths.Average();
        var error = Math.Sqrt(lengths.Average(l => (l - mean) * (l - mean)) / Runs);
        mean.ShouldBeGreaterThan(Promised - (3 * error));
    }

    [SimulationFact]
    public void A_concept_shift_of_a_tenth_fires_within_a_few_hundred_labels_and_recovery_ends_it()
    {
        var delays = new List<int>();
        for (var run = 0; run < 50; run++)
        {
            var stream = new LabelStream(run);
            var alarm = new AccuracyAlarm(new AccuracyAlarmOptions { Objective = LabelStream.MeanScore, Tolerance = 0.02 });
            for (var i = 0; i < 300; i++)
            {
                alarm.Observe(stream.Next(Clean));
            }

            alarm.Verdict.Firing.ShouldBeFalse();
            var delay = 0;
            while (!alarm.Verdict.Firing && delay < 2000)
            {
                alarm.Observe(stream.Next(g => 0.9 * g));
                delay++;
            }

            delays.Add(delay);
            for (var i = 0; i < 1500 && alarm.Verdict.Firing; i++)
            {
                alarm.Observe(stream.Next(Clean));
            }

            alarm.Verdict.Firing.ShouldBeFalse($"run {run} has not recovered");
        }

        delays.Order().ElementAt(25).ShouldBeLessThan(250);
        delays.Max().ShouldBeLessThan(1000);
    }

    [SimulationFact]
    public void Labels_chosen_mostly_where_the_model_errs_are_no_evidence_by_themselves()
    {
        // Their unweighted accuracy is well below the objective; the weighted one is not.
        const int Runs = 100;
        var fired = 0;
        var unweighted = 0.0;
        for (var run = 0; run < Runs; run++)
        {
            var stream = new LabelStream(run);
            var alarm = new AccuracyAlarm(new AccuracyAlarmOptions { Objective = LabelStream.MeanScore });
            var ever = false;
            for (var i = 0; i < 1000; i++)
            {
                var label = stream.Next(Clean);
                unweighted += label.Correct ? 0 : 1e-3 / Runs;
                alarm.Observe(label);
                ever |= alarm.Verdict.Firing;
            }

            fired += ever ? 1 : 0;
        }

        unweighted.ShouldBeGreaterThan(1.5 * (1 - LabelStream.MeanScore));

        // E[M_1000] ≤ 1000 and the threshold is 10,000: at most a tenth.
        fired.ShouldBeLessThanOrEqualTo(MostHits(0.1, Runs));
    }

    [SimulationFact]
    public void A_sampler_that_slows_down_raises_no_alarm()
    {
        const int Runs = 100;
        var fired = 0;
        for (var run = 0; run < Runs; run++)
        {
            var stream = new LabelStream(run);
            var alarm = new AccuracyAlarm(new AccuracyAlarmOptions { Objective = LabelStream.MeanScore });
            var ever = false;
            for (var i = 0; i < 1000; i++)
            {
                alarm.Observe(stream.Next(Clean, scale: i < 500 ? 1 : 0.1));
                ever |= alarm.Verdict.Firing;
            }

            fired += ever ? 1 : 0;
        }

        fired.ShouldBeLessThanOrEqualTo(MostHits(0.1, Runs));
    }

    [Fact]
    public void Without_an_objective_it_never_fires()
    {
        var alarm = new AccuracyAlarm(new AccuracyAlarmOptions { Objective = null });
        for (var i = 0; i < 1000; i++)
        {
            alarm.Observe(new LabelPoint(1, 0.01, false));
        }

        alarm.Verdict.Firing.ShouldBeFalse();
        alarm.Verdict.Labels.ShouldBe(1000);
        alarm.Verdict.LogEvidence.ShouldBe(0);
        alarm.Verdict.LogThreshold.ShouldBe(double.PositiveInfinity);
        alarm.Verdict.Reason.ShouldContain("No accuracy objective");
    }

    [Fact]
    public void An_objective_of_1_is_broken_by_one_error()
    {
        var alarm = new AccuracyAlarm(new AccuracyAlarmOptions { Objective = 1 });
        for (var i = 0; i < 20; i++)
        {
            alarm.Observe(new LabelPoint(1, 0.01, true));
        }

        alarm.Verdict.Firing.ShouldBeFalse();
        alarm.Observe(new LabelPoint(1, 0.01, false));
        alarm.Verdict.Firing.ShouldBeTrue();
    }

    [Fact]
    public void Evidence_stays_finite_whatever_comes()
    {
        var alarm = new AccuracyAlarm(new AccuracyAlarmOptions());
        var random = new Random(1);
        for (var i = 0; i < 20_000; i++)
        {
            var inclusion = Math.Exp(-12 * random.NextDouble());
            alarm.Observe(new LabelPoint(i % 2, i % 7 == 0 ? 0 : inclusion, i < 10_000 && random.Next(2) == 0));
            double.IsFinite(alarm.Verdict.LogEvidence).ShouldBeTrue();
        }

        alarm.Verdict.Firing.ShouldBeTrue();
    }

    [Fact]
    public void The_reason_names_the_numbers()
    {
        var alarm = new AccuracyAlarm(new AccuracyAlarmOptions { Objective = 0.9, Tolerance = 0.02 });
        alarm.Verdict.Reason.ShouldContain("in 0 labels: e-value 1.0, fires at 10000");
        for (var i = 0; i < 500; i++)
        {
            alarm.Observe(new LabelPoint(0.9, 0.01, i % 10 != 0));
        }

        for (var i = 0; i < 60; i++)
        {
            alarm.Observe(new LabelPoint(0.9, 0.01, i % 2 == 0));
        }

        alarm.Verdict.Firing.ShouldBeTrue();
        alarm.Verdict.Reason.ShouldContain("below 0.88 (objective 0.9 less 0.02)");

        // Since the fall, not since the beginning.
        alarm.Verdict.Reason.ShouldContain("of the last 59 labels is 0.492");
        alarm.Verdict.LogThreshold.ShouldBe(Math.Log(10_000));
    }

    [Theory]
    [InlineData(1.0, 0, 1)]
    [InlineData(0.9, 0.89, 0.4)]
    [InlineData(0.9, 0, 1)]
    public void Options_at_their_bounds_are_taken(double objective, double tolerance, double ratio) =>
        Should.NotThrow(() => new AccuracyAlarm(new AccuracyAlarmOptions { Objective = objective, Tolerance = tolerance, MinInclusionRatio = ratio }));

    [Fact]
    public void It_fires_at_its_threshold_keeps_little_beyond_it_and_ends_at_its_square_root()
    {
        // Weights of 1. Wrong answers raise the evidence to the threshold of 1,000 and then to the ceiling, e^2.3 above it.
        var alarm = new AccuracyAlarm(new AccuracyAlarmOptions { AverageRunLength = 1000 });
        alarm.Observe(new LabelPoint(0.9, 0.01, true));
        while (!alarm.Verdict.Firing)
        {
            alarm.Verdict.LogEvidence.ShouldBeLessThan(Math.Log(1000));
            alarm.Observe(new LabelPoint(0.9, 0.01, false));
        }

        alarm.Verdict.LogEvidence.ShouldBeGreaterThanOrEqualTo(Math.Log(1000));
        for (var i = 0; i < 10; i++)
        {
            alarm.Observe(new LabelPoint(0.9, 0.01, false));
        }

        alarm.Verdict.LogEvidence.ShouldBe(Math.Log(1000) + 2.3, 1e-9);
        var last = alarm.Verdict;
        while (alarm.Verdict.Firing)
        {
            last = alarm.Verdict;
            last.LogEvidence.ShouldBeGreaterThanOrEqualTo(Math.Log(1000) / 2);
            alarm.Observe(new LabelPoint(0.9, 0.01, true));
        }

        // One right answer costs the boldest bet a factor of 0.62 at most, and then all evidence is dropped.
        last.LogEvidence.ShouldBeLessThan((Math.Log(1000) / 2) - Math.Log(0.62));
        alarm.Verdict.LogEvidence.ShouldBe(0);
    }

    [Fact]
    public void A_second_alarm_counts_the_labels_since_the_first_one_ended()
    {
        var alarm = new AccuracyAlarm(new AccuracyAlarmOptions());
        alarm.Observe(new LabelPoint(0.9, 0.01, true));
        ObserveUntil(firing: true, correct: false);
        ObserveUntil(firing: false, correct: true);

        var labels = ObserveUntil(firing: true, correct: false);

        alarm.Verdict.Reason.ShouldContain($"weighted accuracy of the last {labels} labels is 0;");

        int ObserveUntil(bool firing, bool correct)
        {
            var count = 0;
            while (alarm.Verdict.Firing != firing)
            {
                alarm.Observe(new LabelPoint(0.9, 0.01, correct));
                count++;
            }

            return count;
        }
    }

    [Fact]
    public void The_reason_names_a_tolerance_only_where_there_is_one()
    {
        new AccuracyAlarm(new AccuracyAlarmOptions()).Verdict.Reason.ShouldStartWith("No evidence of a fall below the objective 0.9 in 0 labels");
        new AccuracyAlarm(new AccuracyAlarmOptions { Tolerance = 0.05 }).Verdict.Reason
            .ShouldStartWith("No evidence of a fall below 0.85 (objective 0.9 less 0.05) in 0 labels");
    }

    [Fact]
    public void A_label_without_a_probability_is_not_counted()
    {
        var alarm = new AccuracyAlarm(new AccuracyAlarmOptions());
        alarm.Observe(new LabelPoint(0.9, 0, false));
        alarm.Observe(new LabelPoint(0.9, double.NaN, false));
        alarm.Verdict.Labels.ShouldBe(0);
    }

    [Theory]
    [InlineData(0, 0, 100, 0.4)]
    [InlineData(1.1, 0, 100, 0.4)]
    [InlineData(0.9, 0.9, 100, 0.4)]
    [InlineData(0.9, -0.1, 100, 0.4)]
    [InlineData(0.9, 0, 1, 0.4)]
    [InlineData(0.9, 0, 100, 0)]
    [InlineData(0.9, 0, 100, 1.01)]
    [InlineData(0.9, 0, double.PositiveInfinity, 0.4)]
    [InlineData(0.9, 0, 100, double.NaN)]
    public void Options_out_of_range_are_refused(double objective, double tolerance, double runLength, double ratio) =>
        Should.Throw<ArgumentOutOfRangeException>(() => new AccuracyAlarm(new AccuracyAlarmOptions
        {
            Objective = objective,
            Tolerance = tolerance,
            AverageRunLength = runLength,
            MinInclusionRatio = ratio,
        }));

    /// <summary>Hits that events of this probability stay within in all but one of a thousand runs.</summary>
    internal static int MostHits(double probability, int trials)
    {
        var hits = 0;
        while (Binomial.CDF(probability, trials, hits) < 0.999)
        {
            hits++;
        }

        return hits;
    }
}
