using AccuracyMonitor.Core.Recalibration;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Training.Evaluation;

namespace AccuracyMonitor.Training.Tests;

public class FineTuningTests
{
    private static readonly FineTuneOptions Options = new() { MaxEpochs = 40, Seed = 3 };

    private static readonly Lazy<byte[]> Champion = new(() => MonitorTrainer.Train(
        SomeReference.Draw(2000, 10, 1, wrongShare: 0), new TrainingOptions { HiddenWidths = [32, 16], MaxEpochs = 10 }).Onnx);

    [Fact]
    public void Labels_of_a_new_condition_make_a_better_monitor_for_it()
    {
        var labels = SomeReference.Labels(SomeReference.Draw(600, 10, 2, wrongShare: 0.7), Champion.Value);
        var tuned = MonitorTrainer.FineTune(Champion.Value, labels, Options, cancellationToken: TestContext.Current.CancellationToken);

        var fresh = SomeReference.Draw(4000, 10, 4, wrongShare: 0.7);
        var correct = SomeReference.Correct(fresh);
        var before = ScoreMetrics.Of(SomeReference.Logits(Champion.Value, fresh), correct);
        var after = ScoreMetrics.Of(SomeReference.Logits(tuned.Onnx, fresh), correct);
        after.LogLoss.ShouldBeLessThan(before.LogLoss - 0.1);
        after.Auroc.ShouldBeGreaterThan(before.Auroc + 0.05);
        tuned.Metadata.TrainingNumbers["fine_tuning.parent"].ShouldBe(MonitorFile.Read(Champion.Value).Metadata.MonitorVersion);
        tuned.Metadata.TrainingNumbers["fine_tuning.labels"].ShouldBe("600");
        tuned.Metadata.TrainingNumbers.ShouldContainKey("held_out_log_loss");
    }

    [Fact]
    public void The_same_labels_give_the_same_bytes()
    {
        var labels = SomeReference.Labels(SomeReference.Draw(200, 10, 2), Champion.Value);
        var options = Options with { MaxEpochs = 5 };
        MonitorTrainer.FineTune(Champion.Value, labels, options).Onnx.ShouldBe(MonitorTrainer.FineTune(Champion.Value, labels, options).Onnx);
    }

    [Fact]
    public void A_strong_penalty_holds_the_weights_where_they_were()
    {
        var labels = SomeReference.Labels(SomeReference.Draw(200, 10, 2, wrongShare: 0.7), Champion.Value);
        double Distance(double penalty)
        {
            var tuned = MonitorTrainer.FineTune(Champion.Value, labels, Options with { Penalty = penalty, MaxEpochs = 10 });
            var (old, now) = (MonitorFile.Read(Champion.Value).Weights, MonitorFile.Read(tuned.Onnx).Weights);
            return old.Layers.Zip(now.Layers, (a, b) => a.Weights.Zip(b.Weights, (x, y) => (double)(x - y) * (x - y)).Sum()).Sum();
        }

        Distance(1e4).ShouldBeLessThan(0.1 * Distance(0));
    }

    [Fact]
    public void The_number_of_passes_is_not_chosen_by_the_labels_that_are_scored()
    {
        // Outcomes drawn from the champion's own scores: no network is better. A number of passes chosen by the scored labels never looks worse than none.
        var random = new SplitMix64(11);
        var worse = Enumerable.Range(0, 6).Count(draw =>
        {
            var labels = SomeReference.Labels(SomeReference.Draw(150, 10, (ulong)(20 + draw)), Champion.Value)
                .Select(l => l with { Correct = random.NextDouble() < 1 / (1 + Math.Exp(-l.MonitorLogit)), Weight = 1 }).ToArray();
            bool[] correct = [.. labels.Select(l => l.Correct)];
            var logits = MonitorTrainer.CrossFitLogits(
                Champion.Value, labels, Options with { MaxEpochs = 10 }, cancellationToken: TestContext.Current.CancellationToken);
            return ScoreMetrics.Of(logits, correct).LogLoss > ScoreMetrics.Of([.. labels.Select(l => l.MonitorLogit)], correct).LogLoss + 1e-4;
        });

        worse.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Cross_fitted_logits_come_from_networks_that_did_not_see_the_label()
    {
        // Labels that are pure chance: a network that saw them would score better than one that did not, and none can beat the coin.
        var random = new SplitMix64(9);
        var labels = SomeReference.Labels(SomeReference.Draw(300, 10, 2), Champion.Value)
            .Select(l => l with { Correct = random.NextDouble() < 0.5, Weight = 1 }).ToArray();

        var logits = MonitorTrainer.CrossFitLogits(Champion.Value, labels, Options, cancellationToken: TestContext.Current.CancellationToken);

        logits.ShouldAllBe(l => double.IsFinite(l));
        var auroc = ScoreMetrics.Of(logits, [.. labels.Select(l => l.Correct)]).Auroc;

        // Under chance the standard deviation is √((n+1)/(12·n₊·n₋)) = 0.033.
        auroc.ShouldBeInRange(0.5 - (4 * 0.034), 0.5 + (4 * 0.034));
    }

    [Fact]
    public void What_cannot_be_used_is_refused()
    {
        var labels = SomeReference.Labels(SomeReference.Draw(50, 10, 2), Champion.Value);
        Should.Throw<MonitorFileException>(() => MonitorTrainer.FineTune(Champion.Value.AsMemory(0, 1000), labels, Options));
        Should.Throw<ArgumentOutOfRangeException>(() => MonitorTrainer.FineTune(Champion.Value, labels[..1], Options));
        Should.Throw<ArgumentOutOfRangeException>(
            () => MonitorTrainer.FineTune(Champion.Value, [labels[0], labels[1] with { Probabilities = new float[43] }], Options));
        Should.Throw<ArgumentOutOfRangeException>(() => MonitorTrainer.FineTune(Champion.Value, labels, Options with { Penalty = -1 }));
    }

    [Fact]
    public void Cancelling_ends_it()
    {
        var labels = SomeReference.Labels(SomeReference.Draw(50, 10, 2), Champion.Value);
        Should.Throw<OperationCanceledException>(
            () => MonitorTrainer.FineTune(Champion.Value, labels, Options, cancellationToken: new CancellationToken(canceled: true)));
    }
}
