using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Training.PolicySearch;
using AccuracyMonitor.Training.Schedules;

namespace AccuracyMonitor.Training.Tests.PolicySearch;

public class PolicyTrainingTests
{
    private static readonly TrainingOptions Small = new() { HiddenWidths = [16, 8], MaxEpochs = 6, BatchSize = 64, Seed = 5 };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("COS k0=0.02 k1=0 l=42; over 42")]
    [InlineData("PLATEAU start=1 patience=2 threshold=1 cooldown=0 settle=0.5; FIX k0=0.05; FIX k0=0.01; FIX k0=0.001")]
    public void The_bench_trains_what_the_trainer_trains(string policy)
    {
        var reference = SomeReference.Draw(500, 10, 1);
        var seen = new PretrainingTests.Recorder();
        var trained = MonitorTrainer.Train(reference, Small with { LearningRatePolicy = policy }, seen, Cancel);

        // 400 rows in batches of 64: 7 steps an epoch.
        var run = PolicyTraining.Run(
            BenchSubject.Of(reference, SomeReference.Draw(300, 10, 2), Small), RatePolicy.Parse(policy), steps: 42, lookEvery: 7, Cancel);

        run.Curve.Select(p => p.Step).ShouldBe([0, 7, 14, 21, 28, 35, 42]);
        run.Curve.Select(p => p.Loss).ShouldBe(seen.Seen.Select(p => p.HeldOutLoss));
        trained.Metadata.TrainingNumbers["learning_rate_policy"].ShouldBe(policy);
    }

    [Fact]
    public void A_constant_policy_trains_the_same_weights_as_the_constant()
    {
        var reference = SomeReference.Draw(300, 10, 1);
        var constant = MonitorTrainer.Train(reference, Small with { LearningRate = 0.004 }, cancellationToken: Cancel);
        var policy = MonitorTrainer.Train(reference, Small with { LearningRatePolicy = "FIX k0=0.004" }, cancellationToken: Cancel);
        var (a, b) = (MonitorFile.Read(constant.Onnx).Weights, MonitorFile.Read(policy.Onnx).Weights);
        b.Layers.Select(l => l.Weights).ShouldBe(a.Layers.Select(l => l.Weights));
        constant.Metadata.TrainingNumbers.ShouldNotContainKey("learning_rate_policy");
    }

    [Fact]
    public void A_policys_numbers_are_kept_in_the_file()
    {
        var options = Small with
        {
            MaxEpochs = 1,
            LearningRatePolicy = "FIX k0=0.004",
            PolicyNumbers = new Dictionary<string, string>(StringComparer.Ordinal) { ["auroc"] = "0.9" },
        };
        var onnx = MonitorTrainer.Train(SomeReference.Draw(200, 3, 1), options, cancellationToken: Cancel).Onnx;
        MonitorFile.Read(onnx).Metadata.TrainingNumbers["learning_rate_policy.auroc"].ShouldBe("0.9");
    }

    [Fact]
    public void A_bench_ranks_thirteen_policies_the_same_way_on_one_worker_and_on_two()
    {
        var (reference, test) = (SomeReference.Draw(400, 4, 1), SomeReference.Draw(300, 4, 2));
        PolicyBenchResult Bench(int workers) => PolicyBench.Run(
            reference,
            test,
            new PolicyBenchOptions
            {
                Training = Small,
                Steps = 100,
                Seeds = 1,
                ConfirmSeeds = 1,
                RangeSteps = 20,
                RateScales = [0.1, 10],
                Workers = workers,
                Budget = TimeSpan.FromMinutes(10)
            },
            TimeProvider.System,
            cancel: Cancel);
        var (one, two) = (Bench(1), Bench(2));

        one.Ranked.Select(s => s.Function).Order().ShouldBe(Enum.GetNames<RateFunction>().Select(n => n.ToUpperInvariant()).Order());
        two.Ranked.Select(s => (s.Policy, s.FinalLoss, s.Auroc, s.RateSpread)).ShouldBe(one.Ranked.Select(s => (s.Policy, s.FinalLoss, s.Auroc, s.RateSpread)));
        one.Ranked[0].AsGood.ShouldBeTrue();
        one.Ranked[0].Runs.Single().Curve[^1].Step.ShouldBe(50);
        one.Constant.Runs.Single().Curve[^1].Step.ShouldBe(100);
        one.Confirmed.Single().Winner.Policy.ShouldBe(one.Winner.Policy);
        one.LeftOut.ShouldBeEmpty();
    }

    [Fact]
    public void A_spent_budget_leaves_out_what_was_not_begun_and_says_so()
    {
        var time = new EachAskASecond();
        var result = PolicyBench.Run(
            SomeReference.Draw(200, 3, 1),
            SomeReference.Draw(100, 3, 2),
            new PolicyBenchOptions { Training = Small, Steps = 100, Seeds = 3, RangeSteps = 10, Budget = TimeSpan.FromSeconds(1), Workers = 1 },
            time,
            cancel: Cancel);
        result.Seeds.ShouldBe(1);
        result.Confirmed.ShouldBeEmpty();
        result.LeftOut[0].ShouldStartWith("2 of 3 seeds");
    }

    private sealed class EachAskASecond : TimeProvider
    {
        private long _seconds;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => _seconds++;
    }
}
