using System.CommandLine;
using System.Text.Json;
using AccuracyMonitor.Cli.Tests.Traces;
using AccuracyMonitor.Cli.Training;
using AccuracyMonitor.Cli.Training.Policies;
using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Cli.Tests.Training;

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
                LrBenchCommand.Create(), "-r", reference, "-o", policy, "--plot", plot, "--steps", "100", "--seeds", "2", "--confirm", "1", "--hidden", "8", "--batch-size", "64");

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

    [Theory]
    [InlineData("FIX k0=11", "--policy: Learning-rate policy: k0 of FIX is 11; it must be 0 to 10.")]
    [InlineData("nowhere.json", "--policy: Learning-rate policy: function 'nowhere.json'; it must be one of FIX, STEP")]
    public void A_policy_that_is_none_is_an_error_of_the_command_line(string policy, string message) =>
        TrainCommand.Create().Parse(["-r", "x.npz", "--policy", policy]).Errors.Single().Message.ShouldStartWith(message);

    [Fact]
    public void A_file_that_is_no_policy_file_is_named()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "{\"schema\": \"other\"}");
            Should.Throw<FormatException>(() => PolicyFile.Read(path)).Message.ShouldStartWith($"{path}: schema is 'other'; it must be");
            File.WriteAllText(path, "{");
            Should.Throw<FormatException>(() => PolicyFile.Read(path)).Message.ShouldStartWith($"{path}: no policy file");
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(Command command, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await command.Parse(arguments).InvokeAsync(
            new InvocationConfiguration { Output = output, Error = error }, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
