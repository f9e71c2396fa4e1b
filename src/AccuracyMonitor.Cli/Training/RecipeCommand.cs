using System.Text;
using AccuracyMonitor.Evaluation.Recipes;

namespace AccuracyMonitor.Cli.Training;

/// <summary><c>accuracy-monitor monitor train --recipe</c>.</summary>
internal static class RecipeCommand
{
    public static async Task<int> RunAsync(string recipe, TraceArgument reference, string output, string? work, CancellationToken cancel)
    {
        try
        {
            var read = RecipeReader.Read(recipe);
            return await CommandErrors.RunAsync(
                Console.Error,
                needsTorch: read.Train.Quantization is null || read.Policy is { Text: null },
                () => RunAsync(read, reference, output, work, cancel),
                "Cancelled; the same command goes on after the last stage that was finished.");
        }
        catch (RecipeException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return ExitStatus.Usage;
        }
    }

    private static async Task<int> RunAsync(Recipe recipe, TraceArgument reference, string output, string? work, CancellationToken cancel)
    {
        var run = new RecipeRun(recipe, reference.Open(), new RecipeWork(work ?? output + ".work"), Console.Out);
        var (onnx, compressed) = await run.RunAsync(cancel);
        await AtomicFile.WriteAsync(output, onnx, cancel, reference.Path);
        await Console.Out.WriteLineAsync($"{output} ({onnx.Length} bytes)");
        await AtomicFile.WriteAsync(Path.ChangeExtension(output, ".gates.json"), Encoding.UTF8.GetBytes(run.Report() + "\n"), cancel);
        var small = Path.ChangeExtension(output, ".tmon");
        if (compressed is not null)
        {
            await AtomicFile.WriteAsync(small, compressed, cancel);
            await Console.Out.WriteLineAsync($"{small} ({compressed.Length} bytes)");
        }
        else if (File.Exists(small))
        {
            await Console.Out.WriteLineAsync($"{small} is of an earlier run, not of this monitor.");
        }

        return 0;
    }
}
