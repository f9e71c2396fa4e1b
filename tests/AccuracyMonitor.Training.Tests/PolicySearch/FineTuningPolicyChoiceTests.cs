using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Training.PolicySearch;
using AccuracyMonitor.Training.Schedules;

namespace AccuracyMonitor.Training.Tests.PolicySearch;

public class FineTuningPolicyChoiceTests
{
    private static readonly Lazy<byte[]> Champion = new(() => MonitorTrainer.Train(
        SomeReference.Draw(1000, 10, 1, wrongShare: 0), new TrainingOptions { HiddenWidths = [16, 8], MaxEpochs = 5 }).Onnx);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void A_rate_far_too_small_is_replaced_and_the_choice_is_no_worse_than_the_constant()
    {
        var labels = SomeReference.Labels(SomeReference.Draw(300, 10, 2, wrongShare: 0.7), Champion.Value);
        var options = new FineTuneOptions { LearningRate = 1e-6, MaxEpochs = 20 };

        var choice = FineTuningPolicyChoice.Pick(Champion.Value, labels, options, TimeSpan.FromHours(1), TimeProvider.System, Cancel);

        choice.Tried.ShouldBe(FineTuningPolicyChoice.Candidates.Count + 1);
        choice.Policy.ShouldNotBeNull();
        choice.BestLoss.ShouldBeLessThan(choice.ConstantLoss);
        var tuned = MonitorTrainer.FineTune(Champion.Value, labels, options with { LearningRatePolicy = choice.Policy }, cancellationToken: Cancel);
        MonitorFile.Read(tuned.Onnx).Metadata.TrainingNumbers["fine_tuning.learning_rate_policy"].ShouldBe(choice.Policy);
        tuned.Report.HeldOutLoss.ShouldBe(choice.BestLoss, 0.1);
    }

    [Fact]
    public void Without_time_the_constant_stays()
    {
        var labels = SomeReference.Labels(SomeReference.Draw(100, 10, 2, wrongShare: 0.7), Champion.Value);
        FineTuningPolicyChoice.Pick(Champion.Value, labels, new FineTuneOptions { MaxEpochs = 2 }, TimeSpan.Zero, TimeProvider.System, Cancel)
            .ShouldSatisfyAllConditions(c => c.Policy.ShouldBeNull(), c => c.Tried.ShouldBe(1));
    }

    [Fact]
    public void Fine_tuning_refuses_a_plateau_by_name() => Should.Throw<ArgumentOutOfRangeException>(() => MonitorTrainer.FineTune(
            Champion.Value,
            SomeReference.Labels(SomeReference.Draw(50, 10, 2), Champion.Value),
            new FineTuneOptions { LearningRatePolicy = "PLATEAU start=0 patience=2 threshold=0 cooldown=0 settle=1; FIX k0=0.1" }))
        .Message.ShouldContain("LearningRatePolicy must not be PLATEAU");
}
