using System.CommandLine;
using AccuracyMonitor.Cli.Training;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Scoring.Ternary;

namespace AccuracyMonitor.Cli.Tests.Training;

public class CompressCommandTests
{
    [Fact]
    public async Task A_trained_monitor_is_packed_with_its_numbers()
    {
        using var npz = TwoClasses.Of(800, seed: 6, ("reference", 1));
        var reference = npz.Write();
        var folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            var (monitor, compressed) = (Path.Combine(folder, "monitor.onnx"), Path.Combine(folder, "monitor.tmon"));
            (await RunAsync(TrainCommand.Create(), "-r", reference, "-o", monitor, "--hidden", "8", "--epochs", "20")).ShouldBe(0);

            (await RunAsync(CompressCommand.Create(), "-m", monitor, "-r", reference, "-o", compressed, "--passes", "1", "--force")).ShouldBe(0);

            var parent = MonitorFile.Read(await File.ReadAllBytesAsync(monitor, TestContext.Current.CancellationToken)).Metadata;
            var metadata = TernaryFile.Read(await File.ReadAllBytesAsync(compressed, TestContext.Current.CancellationToken)).Metadata;
            metadata.TrainingNumbers["ternary.parent"].ShouldBe(parent.MonitorVersion);
            metadata.TrainingNumbers["ternary.auroc"].ShouldNotBeEmpty();
            metadata.HiddenWidths.ShouldBe([8]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_file_that_is_no_monitor_is_an_error_and_nothing_is_written()
    {
        using var npz = TwoClasses.Of(800, seed: 6, ("reference", 1));
        var reference = npz.Write();
        var output = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.tmon");

        (await RunAsync(CompressCommand.Create(), "-m", reference, "-r", reference, "-o", output)).ShouldBe(65);

        File.Exists(output).ShouldBeFalse();
        CompressCommand.Create().Parse(["-m", "m", "-r", "r", "--rows", "99"]).Errors.Single().Message.ShouldBe("--rows is 99; it must be 100 to 1000000.");
    }

    private static async Task<int> RunAsync(Command command, params string[] arguments) => (await CommandRun.InvokeAsync(command, arguments)).Code;
}
