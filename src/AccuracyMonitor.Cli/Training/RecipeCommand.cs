using System.CommandLine;
using System.Text;
using AccuracyMonitor.Evaluation;
using AccuracyMonitor.Evaluation.Recipes;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Training;

namespace AccuracyMonitor.Cli.Training;

/// <summary><c>accuracy-monitor monitor train --recipe</c>.</summary>
internal static class RecipeCommand
{
    public static async Task<int> RunAsync(
        InvocationConfiguration streams, string recipe, TraceArgument reference, string output, string? work, CancellationToken cancel)
    {
        var read = RecipeReader.Read(recipe);
        if (read.Train.Quantization is null || read.Policy is { Text: null })
        {
            TorchRuntime.Require();
        }

        var (trace, folder) = (reference.Open(streams.Error), work ?? output + ".work");
        await streams.Error.WriteLineAsync($"What a stage has made is kept in {folder}: interrupted, the same command goes on after it.");
        var (run, onnx, compressed) = await CommandProgress.RunAsync(streams.Error, "Reading the reference set", async progress =>
        {
            var stages = new RecipeRun(
                read, trace, new RecipeWork(folder), progress.Say, new SynchronousProgress<StageProgress>(p => progress.Show($"{p.Stage}: {p.Text}", p.Share)));
            var (monitor, ternary) = await stages.RunAsync(cancel);
            return (stages, monitor, ternary);
        });
        await AtomicFile.WriteAsync(output, onnx, cancel, reference.Path);
        await streams.Output.WriteLineAsync($"{output} ({onnx.Length} bytes)");
        await AtomicFile.WriteAsync(Path.ChangeExtension(output, ".gates.json"), Encoding.UTF8.GetBytes(run.Report() + "\n"), cancel);
        var small = Path.ChangeExtension(output, ".tmon");
        if (compressed is not null)
        {
            await AtomicFile.WriteAsync(small, compressed, cancel);
            await streams.Output.WriteLineAsync($"{small} ({compressed.Length} bytes)");
        }
        else if (File.Exists(small))
        {
            await streams.Output.WriteLineAsync($"{small} is of an earlier run, not of this monitor.");
        }

        return ExitCodes.Success;
    }
}
