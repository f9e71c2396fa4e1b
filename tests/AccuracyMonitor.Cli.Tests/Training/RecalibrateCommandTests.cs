using System.CommandLine;
using System.Globalization;
using AccuracyMonitor.Cli.Training;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Scoring.Ternary;
using AccuracyMonitor.Training.BitCentering;

namespace AccuracyMonitor.Cli.Tests.Training;

/// <summary>The two ways of adapting a monitor without libtorch.</summary>
public sealed class RecalibrateCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;
    private readonly NpzWriter _npz = TwoClasses.Of(800, seed: 6, ("reference", 1), ("shifted", 0.5f));

    [Fact]
    public async Task A_delta_is_learned_shown_and_applied_and_belongs_to_one_monitor()
    {
        var (traces, monitor, delta, adapted) = (_npz.Write(), Path("monitor.onnx"), Path("tenant.tmd"), Path("tenant.onnx"));
        (await RunAsync(TrainCommand.Create(), "-r", traces, "-o", monitor, "--hidden", "8", "--epochs", "20")).ShouldBe(0);
        var bytes = await File.ReadAllBytesAsync(monitor, TestContext.Current.CancellationToken);

        (await RunAsync(RecalibrateCommand.Create(), "fit", "-m", monitor, "-l", traces, "--condition", "shifted", "--count", "200", "-o", delta)).ShouldBe(0);
        (await RunAsync(RecalibrateCommand.Create(), "show", "-d", delta)).ShouldBe(0);
        (await RunAsync(RecalibrateCommand.Create(), "apply", "-m", monitor, "-d", delta, "-o", adapted)).ShouldBe(0);

        HeadDelta.Read(await File.ReadAllBytesAsync(delta, TestContext.Current.CancellationToken)).Values.Length.ShouldBe(9);
        MonitorFile.Read(await File.ReadAllBytesAsync(adapted, TestContext.Current.CancellationToken)).Metadata.TrainingNumbers.ShouldContainKey("halp.base");
        (await File.ReadAllBytesAsync(monitor, TestContext.Current.CancellationToken)).ShouldBe(bytes, "the base is never changed");
        (await RunAsync(RecalibrateCommand.Create(), "apply", "-m", adapted, "-d", delta, "-o", Path("twice.onnx"))).ShouldBe(65);
        File.Exists(Path("twice.onnx")).ShouldBeFalse();
        (await RunAsync(RecalibrateCommand.Create(), "apply", "-m", monitor, "-d", delta, "-o", monitor)).ShouldBe(64, "it would take the base away");
        (await File.ReadAllBytesAsync(monitor, TestContext.Current.CancellationToken)).ShouldBe(bytes);
    }

    [Fact]
    public async Task A_ternary_monitor_is_fine_tuned_and_nothing_worse_is_written()
    {
        var (traces, monitor, compressed, fineTuned) = (_npz.Write(), Path("monitor.onnx"), Path("monitor.tmon"), Path("fine-tuned.tmon"));
        (await RunAsync(TrainCommand.Create(), "-r", traces, "-o", monitor, "--hidden", "8", "--epochs", "20")).ShouldBe(0);
        (await RunAsync(CompressCommand.Create(), "-m", monitor, "-r", traces, "-o", compressed, "--passes", "1", "--force")).ShouldBe(0);

        (await RunAsync(FineTuneCommand.Create(), "-m", compressed, "-l", traces, "--condition", "shifted", "--count", "200", "-o", fineTuned)).ShouldBe(0);

        TernaryFile.Read(await File.ReadAllBytesAsync(fineTuned, TestContext.Current.CancellationToken))
            .Metadata.TrainingNumbers["fine_tuning.labels"].ShouldBe("200");
        (await RunAsync(FineTuneCommand.Create(), "-m", compressed, "-l", traces, "--condition", "shifted", "--count", "790", "-o", Path("none.tmon")))
            .ShouldBe(65, "too few rows are left to judge by");
        (await RunAsync(FineTuneCommand.Create(), "-m", monitor, "-l", traces, "--condition", "shifted", "-o", Path("none.tmon")))
            .ShouldBe(65, "a monitor that is not ternary");
        File.Exists(Path("none.tmon")).ShouldBeFalse();
    }

    [Fact]
    public async Task Labels_and_references_are_files_as_people_have_them()
    {
        var (traces, table) = (_npz.Write(), Path("table.csv"));
        var rows = TraceFile.Open(traces).Load("shifted");
        await File.WriteAllTextAsync(
            table, "cat,dog,truth\n" + string.Concat(Enumerable.Range(0, rows.Count)
                .Select(i => string.Create(CultureInfo.InvariantCulture, $"{rows.Row(i)[0]},{rows.Row(i)[1]},{(rows.Labels[i] == 0 ? "cat" : "dog")}\n"))),
            TestContext.Current.CancellationToken);
        var (monitor, delta, compressed, tuned) = (Path("monitor.onnx"), Path("tenant.tmd"), Path("monitor.tmon"), Path("tuned.tmon"));
        (await RunAsync(TrainCommand.Create(), "-r", traces, "-o", monitor, "--hidden", "8", "--epochs", "20")).ShouldBe(0);

        string[] labels = ["-l", table, "--condition", "reference", "--map", "label=truth", "--count", "200", "--force"];
        (await RunAsync(RecalibrateCommand.Create(), ["fit", "-m", monitor, "-o", delta, .. labels])).ShouldBe(0);
        string[] reference = ["-r", table, "--map", "label=truth"];
        (await RunAsync(CompressCommand.Create(), ["-m", monitor, "-o", compressed, "--passes", "1", "--force", .. reference])).ShouldBe(0);
        (await RunAsync(FineTuneCommand.Create(), ["-m", compressed, "-o", tuned, .. labels])).ShouldBe(0);

        new[] { delta, compressed, tuned }.ShouldAllBe(file => File.Exists(file));
    }

    public void Dispose()
    {
        _npz.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private string Path(string name) => System.IO.Path.Combine(_folder, name);

    private static async Task<int> RunAsync(Command command, params string[] arguments) => (await CommandRun.InvokeAsync(command, arguments)).Code;
}
