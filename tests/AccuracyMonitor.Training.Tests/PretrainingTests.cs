using AccuracyMonitor.Core;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Training.Evaluation;
using AccuracyMonitor.Training.Networks;

namespace AccuracyMonitor.Training.Tests;

public class PretrainingTests
{
    private static readonly TrainingOptions Small = new() { HiddenWidths = [16, 8], MaxEpochs = 3, Seed = 5 };

    public static TheoryData<int, MonitorEncoding, int[]> Shapes()
    {
        var shapes = new TheoryData<int, MonitorEncoding, int[]>();
        foreach (var classes in new[] { 2, 10, 43, 1000 })
        {
            foreach (var encoding in Enum.GetValues<MonitorEncoding>())
            {
                shapes.Add(classes, encoding, classes == 10 ? [64, 64] : [16, 8]);
            }
        }

        shapes.Add(10, MonitorEncoding.SortedLogWithClass, [32]);
        return shapes;
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Scores_of_the_file_are_those_of_TorchSharp(int classes, MonitorEncoding encoding, int[] widths)
    {
        var trained = MonitorTrainer.Train(
            SomeReference.Draw(300, classes, 1), Small with { Encoding = encoding, HiddenWidths = widths },
            cancellationToken: TestContext.Current.CancellationToken);
        var fresh = SomeReference.Draw(200, classes, 2);
        var (metadata, weights) = MonitorFile.Read(trained.Onnx);
        using var network = new TrainingNetwork(weights, Members.Of(metadata), 1e-3, 0);

        var memberLogits = network.MemberLogits(TrainingData.From(fresh, encoding));

        var calibration = new LogitCalibration(metadata.CalibrationScale, metadata.CalibrationShift);
        var served = SomeReference.Logits(trained.Onnx, fresh);
        for (var i = 0; i < fresh.Count; i++)
        {
            var torch = calibration.Logit(memberLogits.AsSpan(i * metadata.Members, metadata.Members));
            Logistic.Sigmoid(served[i]).ShouldBe(Logistic.Sigmoid(torch), 1e-5);
        }
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_bytes_also_beside_another_training()
    {
        var reference = SomeReference.Draw(1000, 10, 1);
        byte[] Train(ulong seed) => MonitorTrainer.Train(reference, Small with { Seed = seed }).Onnx;
        var first = Train(5);
        var together = await Task.WhenAll(Task.Run(() => Train(5)), Task.Run(() => Train(6)));
        together[0].ShouldBe(first);
        together[1].ShouldNotBe(first);
    }

    [Fact]
    public void A_monitor_learns_what_the_confidence_does_not_tell()
    {
        var trained = MonitorTrainer.Train(
            SomeReference.Draw(4000, 10, 1), new TrainingOptions { MaxEpochs = 25 }, cancellationToken: TestContext.Current.CancellationToken);
        var fresh = SomeReference.Draw(4000, 10, 2);
        var correct = SomeReference.Correct(fresh);

        var monitor = ScoreMetrics.Of(SomeReference.Logits(trained.Onnx, fresh), correct);
        var softmax = ScoreMetrics.Of([.. Enumerable.Range(0, fresh.Count).Select(i => (double)FeatureEncoding.ConfidenceLogit(fresh.Row(i)))], correct);

        monitor.Auroc.ShouldBeGreaterThan(softmax.Auroc + 0.05);
        monitor.LogLoss.ShouldBeLessThan(softmax.LogLoss);

        // The held-out 800 fix the mean to their own binomial error, the fresh 4,000 add theirs: 4 standard deviations of both.
        monitor.MeanScore.ShouldBe(monitor.Accuracy, 4 * Math.Sqrt(monitor.Brier * ((1.0 / 800) + (1.0 / 4000))));
    }

    [Fact]
    public void The_file_says_how_it_was_made()
    {
        var reference = SomeReference.Draw(500, 10, 1);
        var (onnx, metadata, report) = MonitorTrainer.Train(reference, Small, cancellationToken: TestContext.Current.CancellationToken);

        var read = MonitorFile.Read(onnx).Metadata;
        read.MonitorVersion.ShouldBe(metadata.MonitorVersion);
        read.Encoding.ShouldBe(MonitorEncoding.SortedLogWithClass);
        (read.ClassCount, read.Members, read.ReferenceCount, read.CalibrationCount).ShouldBe((10, 20, 500, 100));
        read.ReferenceAccuracy.ShouldBe(SomeReference.Correct(reference).Average(c => c ? 1.0 : 0));
        read.CalibrationStandardError.ShouldBe(Math.Sqrt(report.HeldOutBrier / 100));
        read.TrainingNumbers["seed"].ShouldBe("5");
        read.TrainingNumbers["epochs"].ShouldBe($"{report.Epochs}");
        (report.Trained, report.HeldOut).ShouldBe((400, 100));
    }

    [Fact]
    public void Many_classes_take_the_encoding_that_is_blind_to_them() =>
        MonitorTrainer.Train(SomeReference.Draw(200, 101, 1), Small with { MaxEpochs = 1 }, cancellationToken: TestContext.Current.CancellationToken)
            .Metadata.Encoding.ShouldBe(MonitorEncoding.SortedLog);

    [Fact]
    public void Training_stops_where_the_held_out_loss_no_longer_falls_and_keeps_the_best()
    {
        var progress = new Recorder();
        var options = Small with { MaxEpochs = 200, Patience = 3, LearningRate = 0.05, HiddenWidths = [64, 64] };
        var report = MonitorTrainer.Train(SomeReference.Draw(300, 10, 1), options, progress, TestContext.Current.CancellationToken).Report;

        progress.Seen.Count.ShouldBeLessThan(200);
        var best = progress.Seen.MinBy(p => p.HeldOutLoss);
        report.Epochs.ShouldBe(best.Epoch);
        best.Improved.ShouldBeTrue();
        progress.Seen[^1].Epoch.ShouldBe(best.Epoch + 3);
        progress.Seen.Select(p => p.Epoch).ShouldBe(Enumerable.Range(0, progress.Seen.Count));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_reference_set_without_an_error_or_without_a_right_answer_trains_to_finite_scores(bool right)
    {
        var reference = SomeReference.Draw(200, 3, 1);
        for (var i = 0; i < reference.Count; i++)
        {
            var predicted = FeatureEncoding.PredictedClass(reference.Row(i));
            reference.Labels[i] = right ? predicted : (predicted + 1) % 3;
        }

        var trained = MonitorTrainer.Train(reference, Small, cancellationToken: TestContext.Current.CancellationToken);
        var mean = SomeReference.Logits(trained.Onnx, reference).Average(Logistic.Sigmoid);
        (right ? mean : 1 - mean).ShouldBeInRange(0.98, 1);
        trained.Report.HeldOutAuroc.ShouldBe(double.NaN);
    }

    [Fact]
    public void Cancelling_ends_it()
    {
        using var source = new CancellationTokenSource();
        var progress = new Recorder { OnReport = p => source.Cancel() };
        Should.Throw<OperationCanceledException>(() => MonitorTrainer.Train(SomeReference.Draw(300, 10, 1), Small, progress, source.Token));
        progress.Seen.Count.ShouldBe(1);
    }

    [Fact]
    public void What_is_out_of_range_is_refused_by_name()
    {
        var reference = SomeReference.Draw(200, 3, 1);
        (TrainingOptions Options, string Message)[] cases =
        [
            (Small with { HiddenWidths = [] }, "Number of HiddenWidths must be 1 to 2."),
            (Small with { HiddenWidths = [0] }, "HiddenWidths must be 1 to 1024."),
            (Small with { Dropout = double.NaN }, "Dropout must be 0 to 0.9."),
            (Small with { Members = 257 }, "Members must be 1 to 256."),
            (Small with { HeldOutShare = 0 }, "HeldOutShare must be"),
            (Small with { LearningRate = 0 }, "LearningRate must be"),
            (Small with { Encoding = (MonitorEncoding)9 }, "Encoding must be 1 to 3."),
        ];
        foreach (var (options, message) in cases)
        {
            Should.Throw<ArgumentOutOfRangeException>(() => MonitorTrainer.Train(reference, options)).Message.ShouldContain(message);
        }

        Should.Throw<ArgumentOutOfRangeException>(() => MonitorTrainer.Train(SomeReference.Draw(99, 3, 1), Small));
    }

    internal sealed class Recorder : IProgress<TrainingProgress>
    {
        public List<TrainingProgress> Seen { get; } = [];

        public Action<TrainingProgress>? OnReport { get; init; }

        public void Report(TrainingProgress value)
        {
            Seen.Add(value);
            OnReport?.Invoke(value);
        }
    }
}
