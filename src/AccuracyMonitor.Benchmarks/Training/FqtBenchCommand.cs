using System.CommandLine;
using AccuracyMonitor.Core;
using AccuracyMonitor.Demo.Data;
using AccuracyMonitor.Demo.Model;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Training;
using AccuracyMonitor.Training.Evaluation;
using AccuracyMonitor.Training.Quantized;
using Spectre.Console;

namespace AccuracyMonitor.Benchmarks.Training;

/// <summary><c>benchmarks quantized-gradients</c>: the effect of training with few bits.</summary>
internal static class FqtBenchCommand
{
    private const int Images = 2000;
    private const int DemoImages = 1000;
    private const int DemoEpochs = 80;

    public static Command Create()
    {
        var traces = new Option<FileInfo>("--traces") { Required = true, Description = "Trace with a reference set, to train monitors on." };
        var seeds = BoundedOption.Create("--seeds", "Trainings of each kind; means are printed.", 5, 1, 100);
        var bits = BoundedOption.Create("--bits", "That variances are read at.", 5, 2, 8);
        var command = new Command(
            "quantized-gradients",
            $"""
            Fully quantized training: variance of the three gradient quantizers (per tensor, per sample, block Householder) beside their bounds and their bias,
            on a monitor and on two classifiers that fit their training set, {Images} of the demo's clothing pictures: a dense one and, where libtorch is there,
            the demo's own, convolutional one; then monitors trained in 8 to 2 bits, rounded
            at random and to nearest, beside single precision. Takes about three minutes a seed on two cores, two of them for the demo's own classifier.

            Examples:
              benchmarks quantized-gradients --traces traces.npz
            """) { traces, seeds, bits };
        command.SetAction((parsed, cancel) => RunAsync(parsed.GetRequiredValue(traces).FullName, parsed.GetValue(seeds), parsed.GetValue(bits), cancel));
        return command;
    }

    private static async Task<int> RunAsync(string path, int seeds, int bits, CancellationToken cancel)
    {
        var reference = TraceFile.Open(path).Load(TraceFile.Reference);
        var (features, labels) = Pictures();
        List<FqtReading> classifiers = [], demos = [], monitors = [];
        var torch = TorchRuntime.IsAvailable(out var reason);
        var worth = FqtBench.Ways.ToDictionary(w => w.Name, _ => new List<ScoreMetrics>(), StringComparer.Ordinal);
        await CommandProgress.RunAsync(Console.Error, "Reading", progress =>
        {
            for (var seed = 1UL; seed <= (ulong)seeds; seed++)
            {
                progress.Show($"Seed {seed} of {seeds}: a dense classifier", (double)(seed - 1) / seeds);
                classifiers.Add(FqtBench.Classifier(features, labels, 10, bits, seed, cancel));
                if (torch)
                {
                    progress.Show($"Seed {seed} of {seeds}: the demo's own classifier", (double)(seed - 1) / seeds);
                    demos.Add(Demo(bits, seed, cancel));
                }

                monitors.Add(FqtBench.Monitor(reference, bits, seed, cancel));
                var (train, test) = ReferenceSplit.Of(reference, 0.2, seed);
                progress.Show($"Seed {seed} of {seeds}: monitors", (double)(seed - 1) / seeds);
                foreach (var (name, options) in FqtBench.Ways)
                {
                    worth[name].Add(FqtBench.Train(train, test, options, seed, cancel));
                }
            }
        });

        Print($"Classifier, training accuracy {classifiers.Average(c => c.Accuracy):0.000}", classifiers, bits);
        AnsiConsole.MarkupInterpolated($"Activations kept for the way back: {classifiers[0].SavedBytes.Kept:0} bytes a sample, ");
        AnsiConsole.MarkupLineInterpolated($"{classifiers[0].SavedBytes.Single:0} in single precision.");
        if (torch)
        {
            Print($"The demo's own classifier, training accuracy {demos.Average(c => c.Accuracy):0.000}", demos, bits);
        }
        else
        {
            AnsiConsole.WriteLine($"The demo's own classifier is left out. {reason}");
        }

        Print("Monitor", monitors, bits);
        Print(worth);
        return ExitCodes.Success;
    }

    // Trained with eight bits and BHQ like the dense one; read in the last epoch.
    private static FqtReading Demo(int bits, ulong seed, CancellationToken cancel)
    {
        var rounding = new LayerwiseRounding(new QuantizationOptions(), seed, every: 4, bits);
        var images = DemoAssets.ReadTestImages().Slice(0, DemoImages);
        var accuracy = ClassifierFit.Run(images, DemoEpochs, (long)seed, DemoRounding.Of(rounding), cancel: cancel);
        var steps = (DemoImages + ClassifierFit.BatchSize - 1) / ClassifierFit.BatchSize;
        return rounding.Reading(accuracy, from: (DemoEpochs - 1) * steps);
    }

    private static void Print(string title, List<FqtReading> readings, int bits)
    {
        var table = new Table().NoBorder().Title($"{title}; Var/‖G‖² at {bits} bits")
            .AddColumns("layer", "PTQ", "PSQ", "BHQ", "PTQ/PSQ", "PSQ/BHQ", "to sampling (BHQ)", "bias PTQ", "bias PSQ", "bias BHQ");
        foreach (var layer in readings[0].Readings.Select(r => r.Layer).Distinct().Order())
        {
            double Of(GradientQuantizer kind) => readings.Average(r => r.Relative(layer, kind));
            double Bias(GradientQuantizer kind) => readings.Average(r => r.Bias.Single(b => b.Layer == layer && b.Quantizer == kind).Ratio);
            var (ptq, psq, bhq) = (Of(GradientQuantizer.Ptq), Of(GradientQuantizer.Psq), Of(GradientQuantizer.Bhq));
            double[] sampling = [.. readings.SelectMany(r => r.Readings)
                .Where(x => x.Layer == layer && x.Quantizer == GradientQuantizer.Bhq && double.IsFinite(x.ToSampling)).Select(x => x.ToSampling)];
            table.AddRow(
                $"{layer + 1}", $"{ptq:0.0e0}", $"{psq:0.0e0}", $"{bhq:0.0e0}", $"{ptq / psq:0.0}", $"{psq / bhq:0.00}", sampling.Length > 0
                    ? $"{sampling.Average():0.0e0}" : "–",
                $"{Bias(GradientQuantizer.Ptq):0.00}", $"{Bias(GradientQuantizer.Psq):0.00}", $"{Bias(GradientQuantizer.Bhq):0.00}");
        }

        CommandConsole.Standard.Write(table);
        FqtBias[] bias = [.. readings.SelectMany(r => r.Bias)];
        AnsiConsole.MarkupInterpolated($"Over the bound: {readings.Sum(r => r.OverBound)} of ");
        AnsiConsole.MarkupInterpolated($"{readings.Sum(r => r.All)} readings of all steps. Bias: squared error of the mean of {QuantizerBias.Draws} draws (");
        AnsiConsole.MarkupInterpolated($"{QuantizerBias.DrawsOfMany} of a large matrix) over that of an unbiased quantizer; ");
        AnsiConsole.MarkupInterpolated($"{bias.Average(b => b.Ratio):0.000} on average, furthest from 1 by ");
        AnsiConsole.MarkupLineInterpolated($"{bias.Max(b => Math.Abs(b.Ratio - 1) / b.Deviation):0.0} standard deviations of {bias.Length}.");
    }

    private static void Print(Dictionary<string, List<ScoreMetrics>> worth)
    {
        var full = worth[FqtBench.Ways[0].Name];
        var table = new Table().NoBorder().Title("Monitors, on rows kept out")
            .AddColumns("trained in", "AUROC", "to single precision", "log-loss", "Brier", "estimate error");
        foreach (var (name, metrics) in worth)
        {
            table.AddRow(
                name, $"{metrics.Average(m => m.Auroc):0.0000}",
                $"{Math.Round(metrics.Average(m => m.Auroc) - full.Average(m => m.Auroc), 4) + 0.0:+0.0000;-0.0000;0.0000}",
                $"{metrics.Average(m => m.LogLoss):0.0000}",
                $"{metrics.Average(m => m.Brier):0.0000}", $"{metrics.Average(m => Math.Abs(m.MeanScore - m.Accuracy)):0.0000}");
        }

        CommandConsole.Standard.Write(table);
    }

    // Images of 14×14 pixels, each the mean of four, so that a few thousand steps take seconds.
    private static (float[] Features, int[] Labels) Pictures()
    {
        var pictures = DemoAssets.ReadTestImages();
        const int Half = LabelledImages.Side / 2;
        var features = new float[Images * Half * Half];
        for (var i = 0; i < Images; i++)
        {
            var pixels = pictures.Image(i);
            for (var y = 0; y < Half; y++)
            {
                for (var x = 0; x < Half; x++)
                {
                    var at = (2 * y * LabelledImages.Side) + (2 * x);
                    features[(((i * Half) + y) * Half) + x] =
                        (pixels[at] + pixels[at + 1] + pixels[at + LabelledImages.Side] + pixels[at + LabelledImages.Side + 1]) / 1020f;
                }
            }
        }

        return (features, [.. Enumerable.Range(0, Images).Select(i => (int)pictures.Labels[i])]);
    }
}
