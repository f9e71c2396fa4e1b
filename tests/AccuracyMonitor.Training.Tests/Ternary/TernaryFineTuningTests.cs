using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Recalibration;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Scoring.Ternary;
using AccuracyMonitor.Training.Evaluation;
using AccuracyMonitor.Training.Ternary;

namespace AccuracyMonitor.Training.Tests.Ternary;

public sealed class TernaryFineTuningTests
{
    private const int Classes = 4;

    // The same world with the other classes the weak ones: a monitor that learned the first ranks the second wrongly.
    private static readonly Lazy<byte[]> Packed = new(() =>
    {
        var reference = SomeReference.Draw(3000, Classes, 1, wrongShare: 0.7);
        var monitor = MonitorTrainer.Train(reference, new TrainingOptions { HiddenWidths = [16, 8], MaxEpochs = 30 }).Onnx;
        return TernaryTraining.Run(monitor, reference, SomeReference.Draw(2000, Classes, 2, wrongShare: 0.7), new TernaryOptions { Rows = 2000, Passes = 1 })
            .File;
    });

    [Fact]
    public void Labels_of_a_new_condition_mend_ranking_and_estimate_and_the_weights_stay_ternary()
    {
        var (shape, start) = TernaryFile.Read(Packed.Value);

        var fineTuned = TernaryFineTuning.Run(shape, start, Labels(Shifted(1000, 3)), new TernaryFineTuneOptions());

        var (file, metadata) = TernaryFile.Write(fineTuned.Shape, fineTuned.Weights);
        var test = Shifted(4000, 4);
        var (before, after) = (Judge(Packed.Value, test), Judge(file, test));
        after.Auroc.ShouldBeGreaterThan(before.Auroc + 0.02);
        after.LogLoss.ShouldBeLessThan(before.LogLoss);
        Math.Abs(after.MeanScore - after.Accuracy).ShouldBeLessThan(0.02);
        fineTuned.Changed.ShouldBeGreaterThan(0);
        metadata.TrainingNumbers["fine_tuning.parent"].ShouldBe(shape.MonitorVersion);
        metadata.TrainingNumbers["fine_tuning.passes"].ShouldBe($"{fineTuned.Passes}");
    }

    [Fact]
    public void Labels_of_the_condition_it_was_made_for_change_little()
    {
        var (shape, start) = TernaryFile.Read(Packed.Value);

        var fineTuned = TernaryFineTuning.Run(shape, start, Labels(SomeReference.Draw(500, Classes, 5, wrongShare: 0.7)), new TernaryFineTuneOptions());

        var test = SomeReference.Draw(4000, Classes, 6, wrongShare: 0.7);
        var (before, after) = (Judge(Packed.Value, test), Judge(TernaryFile.Write(fineTuned.Shape, fineTuned.Weights).File, test));
        after.LogLoss.ShouldBeLessThan(before.LogLoss + 0.01);
    }

    [Fact]
    public void Scores_that_judge_it_come_from_monitors_that_never_saw_the_label()
    {
        var (shape, start) = TernaryFile.Read(Packed.Value);
        var labels = Labels(Shifted(300, 7));
        var options = new TernaryFineTuneOptions { Passes = 1 };
        var logits = TernaryFineTuning.CrossFitLogits(shape, start, labels, options);

        // Turning the truth of one label round must leave its own score alone, whatever it does to the others'.
        for (var i = 0; i < 3; i++)
        {
            var turned = labels.Select((l, j) => j == i ? l with { Correct = !l.Correct } : l).ToArray();
            TernaryFineTuning.CrossFitLogits(shape, start, turned, options)[i].ShouldBe(logits[i]);
        }
    }

    [Fact]
    public void The_same_arguments_give_the_same_weights_and_an_option_out_of_range_is_refused()
    {
        var (shape, start) = TernaryFile.Read(Packed.Value);
        var labels = Labels(Shifted(200, 8));
        byte[] Run() => TernaryFineTuning.Run(shape, start, labels, new TernaryFineTuneOptions { Passes = 1, Seed = 3 }) is var r
            ? TernaryFile.Write(r.Shape, r.Weights).File : [];

        Run().ShouldBe(Run());
        Should.Throw<ArgumentOutOfRangeException>(() => TernaryFineTuning.Run(shape, start, labels, new TernaryFineTuneOptions { Folds = 1 }))
            .Message.ShouldContain("Folds");
        Should.Throw<ArgumentOutOfRangeException>(() => TernaryFineTuning.Run(shape, start, labels[..19], new TernaryFineTuneOptions()));
    }

    [Fact]
    public void A_monitor_in_its_ONNX_form_is_known_as_ternary_and_any_other_is_not()
    {
        var (shape, start) = TernaryFile.Read(Packed.Value);

        var read = MonitorFile.Read(MonitorFile.Write(shape, start.ToDense()).Onnx).Weights;

        var ternary = TernaryWeights.OfDense(read).ShouldNotBeNull();
        ternary.Layers.Select(l => l.Trits).ShouldBe(start.Layers.Select(l => l.Trits));
        ternary.Layers.Select(l => l.Scale).ShouldBe(start.Layers.Select(l => l.Scale));
        var other = read.Layers[0].Weights.ToArray();
        other[0] += 0.01f;
        TernaryWeights.OfDense(read with { Layers = [read.Layers[0] with { Weights = other }, .. read.Layers.Skip(1)] }).ShouldBeNull();
    }

    private static ReferenceSet Shifted(int count, ulong seed)
    {
        var drawn = SomeReference.Draw(count, Classes, seed, wrongShare: 0.7);
        for (var i = 0; i < count; i++)
        {
            // Class k becomes k + 1, in the outputs and in the labels.
            var row = drawn.Row(i).ToArray();
            for (var k = 0; k < Classes; k++)
            {
                drawn.Probabilities[(i * Classes) + ((k + 1) % Classes)] = row[k];
            }

            drawn.Labels[i] = (drawn.Labels[i] + 1) % Classes;
        }

        return drawn;
    }

    private static LabelledPrediction[] Labels(ReferenceSet set)
    {
        var correct = SomeReference.Correct(set);
        return [.. Enumerable.Range(0, set.Count)
            .Select(i => new LabelledPrediction($"id-{i}", set.Row(i).ToArray(), FeatureEncoding.PredictedClass(set.Row(i)), 0, correct[i], 1))];
    }

    private static ScoreMetrics Judge(byte[] file, ReferenceSet test)
    {
        using var scorer = TernaryScorer.Load(file);
        var logits = new float[test.Count];
        scorer.Score(test.Probabilities, test.Count, test.ClassCount, logits, new float[test.Count]);
        return ScoreMetrics.Of([.. logits.Select(z => (double)z)], SomeReference.Correct(test));
    }
}
