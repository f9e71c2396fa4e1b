using System.CommandLine;
using System.Text.Json;
using AccuracyMonitor.Benchmarks.Training;
using AccuracyMonitor.Cli.Training;
using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Benchmarks.Tests.Training;

public class LrBenchCommandTests
{
    [Fact]
    public async Task The_winner_is_printed_drawn_stored_and_trained_by()
    {
        using var npz = TwoClasses.Of(400, seed: 5, ("reference", 1));
        var reference = npz.Write();
        var folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            var (policy, plot, monitor) = (Path.Combine(folder, "policy.json"), Path.Combine(folder, "policy.png"), Path.Combine(folder, "monitor.onnx"));
            var (code, output, error) = await RunAsync(
                LrBenchCommand.Create(), "-r", reference, "-o", policy, "--plot", plot, "--steps", "100", "--seeds", "2", "--confirm", "1", "--hidden", "8",
                "--batch-size", "64");

            error.ShouldBe("");
            code.ShouldBe(0);
            using var document = JsonDocument.Parse(await File.ReadAllTextAsync(policy, TestContext.Current.CancellationToken));
            var winner = document.RootElement.GetProperty("policy").GetString()!;
            output.ShouldContain($"Winner: {winner}");
            output.ShouldContain("Bar: the tuned constant's final loss in at most half of its 100 steps on");
            document.RootElement.GetProperty("candidates").GetArrayLength().ShouldBe(13);
            new FileInfo(plot).Length.ShouldBeGreaterThan(10_000);

            (await RunAsync(TrainCommand.Create(), "-r", reference, "-o", monitor, "--policy", policy, "--hidden", "8")).Code.ShouldBe(0);
            var numbers = MonitorFile.Read(await File.ReadAllBytesAsync(monitor, TestContext.Current.CancellationToken)).Metadata.TrainingNumbers;
            numbers["learning_rate_policy"].ShouldBe(winner);
            numbers["learning_rate_policy.steps"].ShouldBe("50");
            numbers["learning_rate_policy.auroc"].ShouldNotBeEmpty();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(Command command, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await AccuracyMonitor.Cli.CommandLine.RunAsync(
            command, arguments, new InvocationConfiguration { Output = output, Error = error }, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
