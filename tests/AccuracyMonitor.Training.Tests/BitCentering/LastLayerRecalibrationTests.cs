using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Training.BitCentering;
using AccuracyMonitor.Training.Evaluation;

namespace AccuracyMonitor.Training.Tests.BitCentering;

public sealed class LastLayerRecalibrationTests
{
    private static readonly Lazy<byte[]> Trained = new(() =>
        MonitorTrainer.Train(SomeReference.Draw(2000, 4, 1), new TrainingOptions { HiddenWidths = [16, 8], MaxEpochs = 20 }).Onnx);

    internal static byte[] Monitor => Trained.Value;

    [Fact]
    public void Labels_of_a_new_condition_mend_the_scores_at_one_byte_a_weight()
    {
        var labels = SomeReference.Draw(500, 4, 2, wrongShare: 0.95);
        var test = SomeReference.Draw(4000, 4, 3, wrongShare: 0.95);

        var adapted = LastLayerRecalibration.Run(Monitor, SomeReference.Labels(labels, Monitor), new LastLayerRecalibrationOptions());

        var (before, after) = (Judge(Monitor, test), Judge(adapted.Onnx, test));
        after.LogLoss.ShouldBeLessThan(before.LogLoss - 0.02);
        Math.Abs(after.MeanScore - after.Accuracy).ShouldBeLessThan(0.03);
        adapted.Delta.Values.Length.ShouldBe(9, "eight weights and the bias");
        adapted.Metadata.TrainingNumbers["halp.base"].ShouldBe(MonitorFile.Read(Monitor).Metadata.MonitorVersion);
        adapted.Metadata.TrainingNumbers["halp.mu"].ShouldStartWith("1 ");

        // What 500 labels leave unknown of a mean, not what the monitor's larger reference set did.
        adapted.Metadata.CalibrationCount.ShouldBe(500);
        adapted.Metadata.CalibrationStandardError.ShouldBeInRange(0.01, 0.05);
    }

    [Fact]
    public void A_delta_comes_back_from_its_file_and_gives_the_monitor_that_was_judged()
    {
        var labels = SomeReference.Labels(SomeReference.Draw(200, 4, 4, wrongShare: 0.9), Monitor);
        var adapted = LastLayerRecalibration.Run(Monitor, labels, new LastLayerRecalibrationOptions { Epochs = 5 });

        var read = HeadDelta.Read(adapted.Delta.Write());
        var (onnx, _) = read.Apply(Monitor);

        read.BaseVersion.ShouldBe(adapted.Delta.BaseVersion);
        read.Values.ShouldBe(adapted.Delta.Values);
        MonitorFile.Read(onnx).Metadata.CalibrationStandardError.ShouldBe(adapted.Metadata.CalibrationStandardError, 1e-6);
        var test = SomeReference.Draw(50, 4, 5);
        SomeReference.Logits(onnx, test).ShouldBe(SomeReference.Logits(adapted.Onnx, test));
        var options = new LastLayerRecalibrationOptions { Epochs = 5 };
        LastLayerRecalibration.Run(Monitor, labels, options).Onnx.ShouldBe(adapted.Onnx, "the same arguments give the same bytes");
    }

    [Fact]
    public void A_delta_that_is_foreign_truncated_damaged_or_of_another_monitor_is_refused_each_by_name()
    {
        var delta = HeadDelta.Of(MonitorFile.Read(Monitor).Metadata.MonitorVersion, [.. Enumerable.Range(0, 9).Select(i => i - 4.0)], 100, 0.02);
        var file = delta.Write();
        string Refused(byte[] bytes) => Should.Throw<MonitorFileException>(() => HeadDelta.Read(bytes)).Message;

        Refused([1, 2, 3, 4, 5, 6, 7]).ShouldContain("foreign");
        for (var length = 4; length < file.Length; length++)
        {
            Refused(file[..length]).ShouldContain("truncated", customMessage: $"{length} bytes");
        }

        Refused([.. file, 0]).ShouldContain("follow");
        for (var at = 6; at < file.Length; at++)
        {
            var damaged = file.ToArray();
            damaged[at] ^= 0x10;
            Should.Throw<MonitorFileException>(() => HeadDelta.Read(damaged));
        }

        var newer = file.ToArray();
        newer[4] = 2;
        Refused(newer).ShouldContain("format 2");
        Should.Throw<MonitorFileException>(() => (delta with { BaseVersion = "m-other" }).Apply(Monitor)).Message.ShouldContain("m-other");
        Should.Throw<MonitorFileException>(() => (delta with { Values = [1, 2] }).Apply(Monitor)).Message.ShouldContain("2 values");
    }

    [Fact]
    public void An_option_out_of_range_and_too_few_labels_are_refused()
    {
        var labels = SomeReference.Labels(SomeReference.Draw(30, 4, 6), Monitor);

        Should.Throw<ArgumentOutOfRangeException>(() => LastLayerRecalibration.Run(Monitor, labels, new LastLayerRecalibrationOptions { Bits = 17 }))
            .Message.ShouldContain("Bits must be 2 to 16");
        Should.Throw<ArgumentOutOfRangeException>(() => LastLayerRecalibration.Run(Monitor, labels[..19], new LastLayerRecalibrationOptions()));
    }

    private static ScoreMetrics Judge(byte[] monitor, Core.ReferenceSet test) =>
        ScoreMetrics.Of(SomeReference.Logits(monitor, test), SomeReference.Correct(test));
}
