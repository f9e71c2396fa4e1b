using AccuracyMonitor.Core.Recalibration;
using CsCheck;

namespace AccuracyMonitor.Core.Tests.Recalibration;

public class RecalibrationHeadFitterTests
{
    private static readonly RecalibrationHeadOptions Defaults = new();

    private static readonly RecalibrationHeadOptions[] Settings =
    [
        Defaults,
        new() { ClassLogProbabilityDeviation = 0 },
        new() { LogProbabilityDeviation = 0, MaxClassesForClassWeights = 0 },
        new() { ClassOffsetDeviation = 0, ScaleDeviation = 0 },
        new() { ScaleDeviation = 3, ShiftDeviation = 9, LogProbabilityDeviation = 1, ClassOffsetDeviation = 4, ClassLogProbabilityDeviation = 2 },
    ];

    public static TheoryData<int, int, int> Shapes()
    {
        var shapes = new TheoryData<int, int, int>();
        for (var setting = 0; setting < Settings.Length; setting++)
        {
            shapes.Add(setting, 40, 2);
            shapes.Add(setting, 300, 5);
            shapes.Add(setting, 25, 10);
        }

        return shapes;
    }

    [SimulationTheory]
    [MemberData(nameof(Shapes))]
    public void At_the_fit_the_objective_is_flat_in_every_direction(int setting, int count, int classes)
    {
        var options = Settings[setting];
        var samples = LabelledPredictions.Make(count, classes, seed: 1, (m, _, c) => c == 0 ? 0.3 : 1 / (1 + Math.Exp(1 - (0.6 * m))));
        var head = RecalibrationHeadFitter.Fit(samples, classes, options);

        var objective = new RecalibrationObjective(samples, classes, options);
        var b = objective.Parameters(head);
        for (var j = 0; j < b.Length; j++)
        {
            // Central difference over a ten-thousandth of the prior's deviation; the objective's own scale is one per deviation.
            var h = 1e-4 * objective.Deviation(j);
            if (h > 0)
            {
                var (up, down) = ((double[])b.Clone(), (double[])b.Clone());
                up[j] += h;
                down[j] -= h;
                ((objective.Value(up) - objective.Value(down)) / 2e-4).ShouldBe(0, 1e-4, $"parameter {j}");
                objective.Value(up).ShouldBeGreaterThan(objective.Value(b));
                objective.Value(down).ShouldBeGreaterThan(objective.Value(b));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Solving_in_the_samples_gives_what_solving_in_the_parameters_gives(int setting, int count, int classes)
    {
        var problem = new RecalibrationProblem(LabelledPredictions.Make(count, classes, seed: 2), classes, Settings[setting]);
        ShouldAgree(problem.SolveInSamples(), problem.SolveInParameters(), 1e-8);
    }

    [Fact]
    public void Both_forms_agree_for_many_classes()
    {
        var problem = new RecalibrationProblem(LabelledPredictions.Make(60, 150, seed: 3), 150, Defaults);
        ShouldAgree(problem.SolveInSamples(), problem.SolveInParameters(), 1e-8);
    }

    [Theory]
    [InlineData(1_000, 80)]
    [InlineData(10_000, 30)]
    public void Thousands_of_classes_are_fitted_in_as_many_dimensions_as_there_are_labels(int classes, int count)
    {
        var samples = LabelledPredictions.Make(count, classes, seed: 4, (_, _, _) => 0.1);
        var head = RecalibrationHeadFitter.Fit(samples, classes, Defaults);

        head.LogProbabilityWeights.Length.ShouldBe(classes);
        head.ClassLogProbabilityWeights.ShouldBeEmpty();
        MeanLoss(head, samples).ShouldBeLessThan(MeanLoss(RecalibrationHead.Identity, samples));
    }

    [Fact]
    public void Nothing_to_learn_from_is_the_identity()
    {
        RecalibrationHeadFitter.Fit([], 10, Defaults).ShouldBe(RecalibrationHead.Identity);
        var none = new RecalibrationHeadOptions
        {
            ScaleDeviation = 0,
            ShiftDeviation = 0,
            LogProbabilityDeviation = 0,
            ClassOffsetDeviation = 0,
            ClassLogProbabilityDeviation = 0,
        };
        var head = RecalibrationHeadFitter.Fit(LabelledPredictions.Make(50, 4, seed: 5), 4, none);
        (head.Scale, head.Shift, head.ClassCount).ShouldBe((1, 0, 0));
    }

    [Theory]
    [InlineData(50, 50, 2.0)]
    [InlineData(50, 10, 2.0)]
    [InlineData(1, 0, 0.7)]
    [InlineData(400, 0, 5.0)]
    public void A_shift_alone_solves_its_own_equation(int count, int right, double deviation)
    {
        // Equal rows: s is the root of Σ(σ(m + s) − y) + s/deviation² = 0, here by bisection.
        var p = new float[] { 0.8f, 0.2f };
        var samples = Enumerable.Range(0, count).Select(i => new LabelledPrediction($"{i}", p, 0, 1.3, i < right, 7)).ToArray();
        var options = new RecalibrationHeadOptions
        {
            ScaleDeviation = 0,
            ShiftDeviation = deviation,
            LogProbabilityDeviation = 0,
            ClassOffsetDeviation = 0,
            ClassLogProbabilityDeviation = 0,
        };
        var (low, high) = (-100.0, 100.0);
        for (var i = 0; i < 200; i++)
        {
            var s = (low + high) / 2;
            var slope = (count / (1 + Math.Exp(-1.3 - s))) - right + (s / (deviation * deviation));
            (low, high) = slope > 0 ? (low, s) : (s, high);
        }

        RecalibrationHeadFitter.Fit(samples, 2, options).Shift.ShouldBe(low, 1e-9);
    }

    [Fact]
    public void A_scale_and_a_shift_that_were_there_are_found()
    {
        var samples = LabelledPredictions.Make(20_000, 3, seed: 6, (m, _, _) => 1 / (1 + Math.Exp(1 - (0.5 * m))));
        var options = new RecalibrationHeadOptions { LogProbabilityDeviation = 0, ClassOffsetDeviation = 0, ClassLogProbabilityDeviation = 0 };
        var head = RecalibrationHeadFitter.Fit(samples, 3, options);

        // Three standard errors of the fit are about 0.03 and 0.06.
        head.Scale.ShouldBe(0.5, 0.04);
        head.Shift.ShouldBe(-1, 0.08);
    }

    [Fact]
    public void A_hundred_labels_of_a_condition_teach_which_classes_fail_in_it()
    {
        static double Condition(double m, float[] p, int c) => c < 3 ? 0.2 : 0.95;
        var head = RecalibrationHeadFitter.Fit(LabelledPredictions.Make(100, 10, seed: 7, Condition), 10, Defaults);
        var later = LabelledPredictions.Make(5_000, 10, seed: 8, Condition);

        MeanLoss(head, later).ShouldBeLessThan(0.6 * MeanLoss(RecalibrationHead.Identity, later));
        head.ClassOffsets.Take(3).Max().ShouldBeLessThan(head.ClassOffsets.Skip(3).Min());
    }

    [SimulationFact]
    public void No_data_makes_it_diverge()
    {
        // Saturated softmax vectors, separable outcomes, all right, all wrong, one label, duplicates, extreme logits and weights.
        var probability = Gen.Frequency(
            (3, Gen.Const(new float[] { 1, 0, 0 })),
            (1, Gen.Const(new float[] { 0, 1, 0 })),
            (1, Gen.Const(new float[] { 1f / 3, 1f / 3, 1f / 3 })),
            (2, Gen.Int[1, 1_000_000].Select(seed => LabelledPredictions.Softmax(new Random(seed), 3))));
        var logit = Gen.Frequency((2, Gen.Double[-5, 5]), (1, Gen.Const(1e300)), (1, Gen.Const(-1e300)), (1, Gen.Const(16.1)));
        var weight = Gen.Frequency((3, Gen.Const(100.0)), (1, Gen.Double[1, 1e9]), (1, Gen.Const(1e-300)), (1, Gen.Const(1e300)));
        var rule = Gen.Int[0, 4];
        var deviation = Gen.Double[-3, 2].Select(e => Math.Pow(10, e));
        Gen.Select(Gen.Select(probability, logit, weight).Array[1, 40], rule, Gen.Bool.Array[40], deviation.Array[5], Gen.Int[1, 3]).Sample(
            (rows, kind, coins, deviations, copies) =>
            {
                var samples = Enumerable.Repeat(rows, copies).SelectMany(r => r).Select((r, i) => new LabelledPrediction(
                    $"{i}", r.Item1, Array.IndexOf(r.Item1, r.Item1.Max()), r.Item2, Outcome(kind, coins[i % 40], r.Item2, i), r.Item3)).ToArray();
                var options = new RecalibrationHeadOptions
                {
                    ScaleDeviation = deviations[0],
                    ShiftDeviation = deviations[1],
                    LogProbabilityDeviation = deviations[2],
                    ClassOffsetDeviation = deviations[3],
                    ClassLogProbabilityDeviation = deviations[4],
                };
                var problem = new RecalibrationProblem(samples, 3, options);
                var objective = new RecalibrationObjective(samples, 3, options);
                var identity = objective.Value(objective.Parameters(RecalibrationHead.Identity));
                foreach (var head in new[] { problem.SolveInParameters(), problem.SolveInSamples() })
                {
                    objective.Parameters(head).ShouldAllBe(v => double.IsFinite(v));
                    samples.ShouldAllBe(s => double.IsFinite(head.Logit(s.MonitorLogit, s.Probabilities, s.PredictedClass)));
                    objective.Value(objective.Parameters(head)).ShouldBeLessThanOrEqualTo(identity + (1e-6 * (1 + identity)));
                }
            },
            iter: 500,
            seed: "0N0XIzNsQ0O2",
            threads: 1);

        static bool Outcome(int kind, bool coin, double logit, int i) => kind switch
        {
            0 => true,
            1 => false,
            2 => logit > 0,
            3 => i == 0,
            _ => coin,
        };
    }

    [Fact]
    public void Only_the_ratios_of_the_weights_count_and_none_counts_for_more_than_the_cap()
    {
        var samples = LabelledPredictions.Make(100, 4, seed: 9);
        var scaled = samples.Select(s => s with { Weight = 1e6 * s.Weight }).ToArray();
        ShouldAgree(RecalibrationHeadFitter.Fit(scaled, 4, Defaults), RecalibrationHeadFitter.Fit(samples, 4, Defaults), 1e-9);

        var uneven = samples.Select((s, i) => s with { Weight = i == 0 ? 10_000 : 1 }).ToArray();
        var objective = new RecalibrationObjective(uneven, 4, Defaults);
        var capped = objective.Value(objective.Parameters(RecalibrationHeadFitter.Fit(uneven, 4, Defaults)));
        var uncapped = objective.Value(objective.Parameters(RecalibrationHeadFitter.Fit(uneven, 4, Defaults with { MaxWeight = 1e9 })));
        capped.ShouldBeLessThan(uncapped - 1e-3);
    }

    [Fact]
    public void A_fit_is_repeatable()
    {
        var samples = LabelledPredictions.Make(200, 10, seed: 10);
        RecalibrationHeadFitter.Fit(samples, 10, Defaults).ToBytes().ShouldBe(RecalibrationHeadFitter.Fit(samples, 10, Defaults).ToBytes());
    }

    [Fact]
    public void What_would_poison_a_fit_is_refused_by_name()
    {
        var good = new LabelledPrediction("p-7", [0.5f, 0.5f], 0, 0, true, 1);
        (LabelledPrediction Sample, string Message)[] bad =
        [
            (good with { Probabilities = [1] }, "Sample 'p-7' has 1 probabilities, 2 expected."),
            (good with { Probabilities = [float.NaN, 1] }, "Sample 'p-7' has probability NaN, outside 0…1."),
            (good with { PredictedClass = 2 }, "Sample 'p-7' has predicted class 2, outside 0…1."),
            (good with { MonitorLogit = double.PositiveInfinity }, "Sample 'p-7' has a monitor logit that is not finite."),
            (good with { Weight = 0 }, "Sample 'p-7' has weight 0, which must be positive and finite."),
            (good with { Weight = double.NaN }, "Sample 'p-7' has weight NaN, which must be positive and finite."),
        ];
        foreach (var (sample, message) in bad)
        {
            Should.Throw<ArgumentException>(() => RecalibrationHeadFitter.Fit([good, sample], 2, Defaults)).Message.ShouldBe(message);
        }

        Should.Throw<ArgumentOutOfRangeException>(() => RecalibrationHeadFitter.Fit([], 1, Defaults));
        Should.Throw<ArgumentOutOfRangeException>(() => RecalibrationHeadFitter.Fit([], 10_001, Defaults));
        Should.Throw<ArgumentOutOfRangeException>(() => RecalibrationHeadFitter.Fit([], 2, new() { ScaleDeviation = -1 }))
            .ParamName.ShouldBe("ScaleDeviation");
        Should.Throw<ArgumentOutOfRangeException>(() => RecalibrationHeadFitter.Fit([], 2, new() { MaxWeight = 0.5 }))
            .ParamName.ShouldBe("MaxWeight");
    }

    private static void ShouldAgree(RecalibrationHead actual, RecalibrationHead expected, double tolerance)
    {
        var pairs = Parts(actual).Zip(Parts(expected)).ToArray();
        Parts(actual).Count().ShouldBe(Parts(expected).Count());
        pairs.Max(p => Math.Abs(p.First - p.Second)).ShouldBeLessThan(tolerance);
    }

    private static IEnumerable<double> Parts(RecalibrationHead head) =>
        [head.Scale, head.Shift, .. head.LogProbabilityWeights, .. head.ClassOffsets, .. head.ClassLogProbabilityWeights];

    private static double MeanLoss(RecalibrationHead head, LabelledPrediction[] samples) =>
        samples.Average(s => Logistic.Loss(head.Logit(s.MonitorLogit, s.Probabilities, s.PredictedClass), s.Correct));
}
