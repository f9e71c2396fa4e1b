using AccuracyMonitor.Demo.Attacks;
using AccuracyMonitor.Demo.Data;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Training;

namespace AccuracyMonitor.Runs.Demo;

/// <summary>What must be there before the stream begins.</summary>
/// <param name="Clean">The test images.</param>
/// <param name="Attacked">The same images, attacked, by condition.</param>
/// <param name="MonitorPath">The pre-trained monitor's ONNX file.</param>
internal sealed record DemoSetup(LabelledImages Clean, IReadOnlyDictionary<DemoCondition, LabelledImages> Attacked, string MonitorPath)
{
    private const string MonitorFile = "monitor.onnx";

    /// <exception cref="DllNotFoundException">libtorch is missing.</exception>
    /// <exception cref="DemoDataException">An asset is missing.</exception>
    public static async Task<DemoSetup> PrepareAsync(DemoOptions options, IReadOnlyList<DemoCondition> story, IRunDisplay display, CancellationToken cancel)
    {
        TorchRuntime.Require();

        var clean = DemoAssets.ReadTestImages();
        display.Say($"{clean.Count:N0} test images of Fashion-MNIST; classifier {DemoAssets.Classifier()}");

        display.Say("Pre-training the monitor, attacking the test images …");

        // Both are one thread's work for a few seconds; two cores do them together.
        var attacking = Task.Run(() => Attack(clean, story, options.Seed, cancel), cancel);
        var training = Task.Run(() => Train(options, cancel), cancel);
        var report = await training;
        display.Say(
            $"Monitor pre-trained on the classifier's outputs for {report.Metadata.ReferenceCount:N0} held-out images (accuracy there "
                + $"{report.Metadata.ReferenceAccuracy:P1})");
        return new DemoSetup(clean, await attacking, Path.Combine(options.OutputFolder, MonitorFile));
    }

    private static TrainedMonitor Train(DemoOptions options, CancellationToken cancel)
    {
        var reference = TraceFile.Open(DemoAssets.Reference()).Load(TraceFile.Reference);
        var trained = MonitorTrainer.Train(reference, new TrainingOptions { Seed = options.Seed }, cancellationToken: cancel);
        File.WriteAllBytes(Path.Combine(options.OutputFolder, MonitorFile), trained.Onnx);
        return trained;
    }

    private static Dictionary<DemoCondition, LabelledImages> Attack(
        LabelledImages clean, IReadOnlyList<DemoCondition> story, ulong seed, CancellationToken cancel)
    {
        using var attack = new GradientAttack(DemoAssets.Classifier());
        return story.Where(r => r.Attack is not null)
            .ToDictionary(r => r, r => attack.Apply(clean, new AttackOptions(r.Attack!.Value, r.Severity, seed), cancel));
    }
}
