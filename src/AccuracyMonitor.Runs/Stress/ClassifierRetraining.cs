using AccuracyMonitor.Demo.Attacks;
using AccuracyMonitor.Demo.Data;
using AccuracyMonitor.Demo.Model;
using AccuracyMonitor.Evaluation;
using AccuracyMonitor.Training.Stress;

namespace AccuracyMonitor.Runs.Stress;

/// <summary>What adversarial training did to the demo's classifier.</summary>
/// <param name="Onnx">The new one.</param>
/// <param name="CleanBefore">Accuracy on clean images that neither training saw.</param>
/// <param name="CleanAfter">Of the new one on them.</param>
/// <param name="Attacks">Each attack of the report.</param>
internal sealed record RetrainingResult(byte[] Onnx, double CleanBefore, double CleanAfter, IReadOnlyList<RetrainedAttack> Attacks);

/// <param name="Name">The attack's.</param>
/// <param name="FixedBefore">Accuracy on the examples made against the old classifier: of the old one.</param>
/// <param name="FixedAfter">Of the new one on the same examples.</param>
/// <param name="ReattackSuccess">Share of the same images that the new one gets wrong after a fresh attack on it; <paramref name="FixedBefore"/> is 1 less the
/// old one's, without a target.</param>
internal sealed record RetrainedAttack(string Name, double FixedBefore, double FixedAfter, double ReattackSuccess);

/// <summary>Adversarial training of the demo's classifier, judged by images that it does not see.</summary>
internal static class ClassifierRetraining
{
    private static readonly AdversarialTrainingOptions Defaults = new();

    /// <param name="setup">With the demo's classifier.</param>
    /// <param name="report">Of a run on it.</param>
    /// <param name="attack">Its examples are trained on.</param>
    /// <param name="options">Of that run.</param>
    /// <param name="progress">Hears of steps and images.</param>
    /// <param name="cancel">Ends it.</param>
    public static RetrainingResult Run(
        StressSetup setup, StressReport report, Attack attack, StressOptions options, IProgress<StressProgress> progress, CancellationToken cancel)
    {
        var subject = report.Subject;
        var examples = subject.Apply(attack, subject.Training,
            new SynchronousProgress<int>(n => progress.Report(new StressProgress("Examples to train on", (double)n / subject.Training.Count))), cancel);
        int[] others = [.. subject.Others];
        int[] training = [.. others[..(others.Length / 2)], .. subject.Training];
        var clean = subject.Inputs.Rows(training);
        var images = new LabelledImages(
            [.. Bytes(clean.Pixels), .. examples.Images.SelectMany(i => Bytes(i.Pixels))],
            [.. clean.Labels.Concat(examples.Outputs.Labels).Select(l => (byte)l)]);
        var onnx = AdversarialTraining.Run(
            setup.Path, images, Defaults with { Seed = (long)(options.Seed & long.MaxValue) },
            new SynchronousProgress<ClassifierProgress>(
                p => progress.Report(new StressProgress("Training the classifier", (p.Epoch - 1 + p.Share) / p.Epochs))), cancel);

        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.onnx");
        try
        {
            File.WriteAllBytes(path, onnx);
            using var trained = setup.With(path);
            var again = new StressSubject(trained.Classifier, trained.Gradients, subject.Inputs, options);
            var judged = others[(others.Length / 2)..];
            return new RetrainingResult(
                onnx,
                judged.Average(i => Right(subject, i)),
                judged.Average(i => Right(again, i)),
                [.. report.Attacks.Select(a => Judge(trained, a.Set, again, subject.Reported, progress, cancel))]);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static RetrainedAttack Judge(
        StressSetup trained, AttackSet before, StressSubject again, IReadOnlyList<int> rows, IProgress<StressProgress> progress, CancellationToken cancel)
    {
        var after = new Core.ReferenceSet(new float[before.Outputs.Probabilities.Length], before.Outputs.Labels, before.Outputs.ClassCount);
        trained.Classifier.Predict(before.Images.SelectMany(i => i.Pixels).ToArray(), after.Probabilities);
        var fresh = again.Apply(before.Attack, rows,
            new SynchronousProgress<int>(n => progress.Report(new StressProgress($"{before.Attack.Name}, again", (double)n / rows.Count))), cancel);
        return new RetrainedAttack(before.Attack.Name, Accuracy(before.Outputs), Accuracy(after), 1 - Accuracy(fresh.Outputs));
    }

    private static double Right(StressSubject subject, int image) =>
        System.Numerics.Tensors.TensorPrimitives.IndexOfMax(subject.Clean.Row(image)) == subject.Inputs.Labels[image] ? 1 : 0;

    private static double Accuracy(Core.ReferenceSet outputs) =>
        Enumerable.Range(0, outputs.Count).Average(i => System.Numerics.Tensors.TensorPrimitives.IndexOfMax(outputs.Row(i)) == outputs.Labels[i] ? 1.0 : 0);

    private static byte[] Bytes(float[] pixels) => [.. pixels.Select(p => (byte)MathF.Round(p * 255))];
}
