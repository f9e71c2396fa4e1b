using AccuracyMonitor.Cli.Traces;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Training;

namespace AccuracyMonitor.Cli.Training.Recipes;

/// <summary><c>accuracy-monitor train --recipe</c>.</summary>
internal static class RecipeCommand
{
    private const int ExUsage = 64;
    private const int ExCancelled = 130;

    public static async Task<int> RunAsync(string recipe, string reference, string output, string? work, CancellationToken cancel)
    {
        try
        {
            var read = RecipeReader.Read(recipe);
            if ((read.Train.Quantization is null || read.Policy is { Text: null }) && !TorchRuntime.IsAvailable(out var reason))
            {
                await Console.Error.WriteLineAsync(reason);
                return 1;
            }

            var run = new RecipeRun(read, reference, new RecipeWork(work ?? output + ".work"), Console.Out);
            var (onnx, packed) = await run.RunAsync(cancel);
            Directory.CreateDirectory(Path.GetDirectoryName(output)!);
            await File.WriteAllBytesAsync(output, onnx, cancel);
            await Console.Out.WriteLineAsync($"{output} ({onnx.Length} bytes)");
            await File.WriteAllTextAsync(Path.ChangeExtension(output, ".gates.json"), run.Report() + "\n", cancel);
            var small = Path.ChangeExtension(output, ".tmon");
            if (packed is not null)
            {
                await File.WriteAllBytesAsync(small, packed, cancel);
                await Console.Out.WriteLineAsync($"{small} ({packed.Length} bytes)");
            }

            return 0;
        }
        catch (RecipeException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return ExUsage;
        }
        catch (Exception e) when (e is TraceFileException or IOException or UnauthorizedAccessException or ArgumentException or FormatException or MonitorFileException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Cancelled; the same command goes on after the last stage that was finished.");
            return ExCancelled;
        }
    }
}
