using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Ternary;
using AccuracyMonitor.Training.Ternary;

namespace AccuracyMonitor.Training.Tests.Ternary;

public sealed class TernaryTrainingTests
{
    private static readonly Lazy<(byte[] Monitor, Core.ReferenceSet Reference, Core.ReferenceSet Test)> Trained = new(() =>
    {
        var reference = SomeReference.Draw(3000, 4, 1);
        return (MonitorTrainer.Train(reference, new TrainingOptions { HiddenWidths = [16, 8], MaxEpochs = 30 }).Onnx, reference,
            SomeReference.Draw(2000, 4, 2));
    });

    [Fact]
    public void A_monitor_keeps_its_ranking_in_a_sixteenth_of_its_bytes()
    {
        var (monitor, reference, test) = Trained.Value;

        var result = TernaryTraining.Run(monitor, reference, test, new TernaryOptions { Rows = 2000, Passes = 3 });

        result.Refusal.ShouldBeNull();
        (result.Dense.WeightBytes / (double)result.Ternary.WeightBytes).ShouldBeGreaterThanOrEqualTo(16);
        result.Ternary.HeldOutLoss.ShouldBeLessThan(result.Refitted.HeldOutLoss, "a pass was kept, and not the start");
        result.Refitted.HeldOutLoss.ShouldBeLessThan(result.Rounded.HeldOutLoss);
    }

    [Fact]
    public void The_file_scores_as_it_was_judged()
    {
        var (monitor, reference, test) = Trained.Value;
        var result = TernaryTraining.Run(monitor, reference, test, new TernaryOptions { Rows = 500, Passes = 1, RefitSteps = 50 });
        using var scorer = TernaryScorer.Load(result.File);
        var (logits, disagreements) = (new float[test.Count], new float[test.Count]);

        scorer.Score(test.Probabilities, test.Count, test.ClassCount, logits, disagreements);

        logits.Average(z => 1 / (1 + Math.Exp(-z))).ShouldBe(result.Ternary.Test.MeanScore, 1e-4);
        scorer.Version.ShouldBe(result.Metadata.MonitorVersion);
        result.Metadata.TrainingNumbers["ternary.auroc"].ShouldBe($"{result.Ternary.Test.Auroc:0.0000}");
    }

    [Fact]
    public void The_same_arguments_give_the_same_file()
    {
        var (monitor, reference, test) = Trained.Value;
        var options = new TernaryOptions { Rows = 300, Passes = 1, RefitSteps = 20, Seed = 5 };

        TernaryTraining.Run(monitor, reference, test, options).File.ShouldBe(TernaryTraining.Run(monitor, reference, test, options).File);
    }

    [Fact]
    public void A_foreign_monitor_and_an_option_out_of_range_are_refused()
    {
        var (monitor, reference, test) = Trained.Value;

        Should.Throw<MonitorFileException>(() => TernaryTraining.Run(new byte[10], reference, test, new TernaryOptions()));
        Should.Throw<ArgumentOutOfRangeException>(() => TernaryTraining.Run(monitor, reference, test, new TernaryOptions { Rows = 99 }))
            .Message.ShouldContain("Rows");
    }
}
