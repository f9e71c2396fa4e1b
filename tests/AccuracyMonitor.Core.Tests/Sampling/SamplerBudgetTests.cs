using AccuracyMonitor.Core.Sampling;
using CsCheck;

namespace AccuracyMonitor.Core.Tests.Sampling;

public class SamplerBudgetTests
{
    private const int Run = 10_000;
    private static readonly ModelKey Key = new("m", "1");
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);
    private static readonly double[] Budgets = [0.001, 0.01, 0.2, 0.7];

    public static TheoryData<string, SamplingPolicy> Cases()
    {
        var cases = new TheoryData<string, SamplingPolicy>();
        foreach (var name in ScoreStreams.Names)
        {
            cases.Add(name, SamplingPolicy.Mixed);
            cases.Add(name, SamplingPolicy.Stratified);
            cases.Add(name, SamplingPolicy.Uniform);
        }

        return cases;
    }

    [SimulationTheory]
    [MemberData(nameof(Cases))]
    public void The_budget_is_kept_over_any_ten_thousand_predictions(string stream, SamplingPolicy policy)
    {
        var scores = ScoreStreams.Make(stream);
        var floorShare = policy switch { SamplingPolicy.Mixed => 0.2, SamplingPolicy.Stratified => 0.5, _ => 1 };
        foreach (var budget in Budgets)
        {
            var (pis, selected) = Decide(scores, budget, policy, uniformShare: 0.2);
            WorstDeviation(pis, budget).ShouldBeLessThan(0.05, $"budget {budget}");
            pis.Min().ShouldBeGreaterThanOrEqualTo(floorShare * budget * (1 - 1e-12));
            pis.Max().ShouldBeLessThanOrEqualTo(1);

            // Beyond 4.5 standard deviations lies 1 in 150,000; some 130 cases are run, all with fixed coins.
            var deviation = Math.Sqrt(pis.Sum(p => p * (1 - p)));
            ((double)selected).ShouldBe(pis.Sum(), 4.5 * deviation, $"budget {budget}");
        }
    }

    [SimulationFact]
    public void Scores_made_up_against_the_sampler_do_not_move_it_off_its_budget()
    {
        // Blocks of any length and any certainty, under any setting: the bound is a proof, so any counter-example is a defect.
        var block = Gen.Select(Gen.Int[1, 4_000], Gen.Double[0, 1], Gen.Double[0, 1]);
        var setting = Gen.Select(Gen.Double[-3, 0], Gen.Double[0.001, 1], Gen.Double[0.001, 0.5], Gen.Bool);
        Gen.Select(block.Array[5, 20], setting).Sample(
            (blocks, s) =>
            {
                var (logBudget, uniformShare, floor, stratified) = s;
                var budget = Math.Pow(10, logBudget);
                var scores = blocks.SelectMany(b => Enumerable.Range(0, b.Item1).Select(i => i % 2 == 0 ? b.Item2 : b.Item3)).ToArray();
                var policy = stratified ? SamplingPolicy.Stratified : SamplingPolicy.Mixed;
                var (pis, _) = Decide(scores, budget, policy, uniformShare, floor);
                return WorstDeviation(pis, budget) < 0.05 && pis.All(p => p >= uniformShare * budget * (1 - 1e-12) && p <= 1);
            },
            iter: 50,
            seed: "0N0XIzNsQ0O2",
            threads: 1);
    }

    [Fact]
    public void Without_drift_the_feedback_leaves_the_formula_nearly_alone()
    {
        var scores = ScoreStreams.Make("steady");
        var (pis, _) = Decide(scores, 0.01, SamplingPolicy.Mixed);
        var mean = scores.Average(g => Math.Max(0.02, Math.Sqrt(g * (1 - g))));

        var errors = Enumerable.Range(2_000, scores.Length - 2_000).Select(t =>
        {
            var formula = 0.01 * (0.5 + (0.5 * Math.Max(0.02, Math.Sqrt(scores[t] * (1 - scores[t]))) / mean));
            return Math.Abs((pis[t] / formula) - 1);
        }).ToArray();

        errors.Average().ShouldBeLessThan(0.05);
        errors.Max().ShouldBeLessThan(0.25);
    }

    [Fact]
    public void Stratified_labels_the_doubtful_strata_more_densely_and_never_the_others_below_half()
    {
        var scores = ScoreStreams.Make("steady");
        var (pis, _) = Decide(scores, 0.01, SamplingPolicy.Stratified);
        var late = Enumerable.Range(5_000, scores.Length - 5_000).ToArray();

        late.Where(t => scores[t] is > 0.3 and < 0.7).Average(t => pis[t]).ShouldBeGreaterThan(0.012);
        late.Where(t => scores[t] > 0.99).Average(t => pis[t]).ShouldBeInRange(0.005, 0.0085);
    }

    private static (double[] Pis, int Selected) Decide(
        double[] scores, double budget, SamplingPolicy policy, double uniformShare = 0.5, double floor = 0.02)
    {
        var options = new SamplerOptions { Policy = policy, Budget = budget, UniformShare = uniformShare, Floor = floor, MaxRequestsPerHour = int.MaxValue };
        var sampler = new Sampler(options, Key);
        var pis = new double[scores.Length];
        var selected = 0;
        var id = "prediction-000000".ToCharArray();
        for (var t = 0; t < scores.Length; t++)
        {
            t.TryFormat(id.AsSpan(11), out _, "D6");
            var decision = sampler.Decide(id, scores[t], Start.AddMilliseconds(10 * t));
            decision.Capped.ShouldBeFalse();
            pis[t] = decision.InclusionProbability;
            selected += decision.Selected ? 1 : 0;
        }

        sampler.ExpectedRequests.ShouldBe(pis.Sum(), 1e-6 * pis.Length);
        return (pis, selected);
    }

    private static double WorstDeviation(double[] pis, double budget)
    {
        var sums = new double[pis.Length + 1];
        for (var t = 0; t < pis.Length; t++)
        {
            sums[t + 1] = sums[t] + pis[t];
        }

        var worst = 0.0;
        for (var t = Run; t < sums.Length; t++)
        {
            worst = Math.Max(worst, Math.Abs((sums[t] - sums[t - Run]) / (budget * Run) - 1));
        }

        return worst;
    }
}
