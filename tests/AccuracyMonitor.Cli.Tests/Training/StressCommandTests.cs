using System.Text.Json;
using AccuracyMonitor.Cli.Evaluation;
using AccuracyMonitor.Cli.Training.Stress;
using AccuracyMonitor.Demo.Data;
using AccuracyMonitor.Evaluation.Judging;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Runs.Stress;
using AccuracyMonitor.Scoring.Networks;
using NpzWriter = AccuracyMonitor.Demo.Data.NpzWriter;

namespace AccuracyMonitor.Cli.Tests.Training;

public sealed class StressCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stress-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>The bar of pixels chosen by influence, on the classifier that ships; docs/measurements/stress.md has that of the hardened monitor, over five
    /// seeds.</summary>
    [Fact]
    public async Task The_demos_classifier_is_attacked_and_evaluate_reads_what_was_written()
    {
        var (json, monitor, reference) =
            (Path.Combine(_folder, "report.json"), Path.Combine(_folder, "hardened.onnx"), Path.Combine(_folder, "some", "reference.npz"));
        WriteSomeOfTheReference(reference);

        var (code, output, error) = await CommandRun.InvokeAsync(
            StressCommand.Create(), "--attack", "swarm,pgd", "--selector", "influence,random", "--count", "100", "--train-count", "100", "-r", reference,
            "--harden", monitor, "-o", _folder, "--json", json);

        error.ShouldBe("");
        code.ShouldBe(0, output);
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(json, TestContext.Current.CancellationToken));
        var attacks = document.RootElement.GetProperty("seeds")[0].GetProperty("attacks").EnumerateArray()
            .ToDictionary(a => a.GetProperty("name").GetString()!, StringComparer.Ordinal);
        double Of(string attack, string what) => attacks[attack].GetProperty(what).GetDouble();
        Of("swarm-influence", "success").ShouldBeGreaterThan(1.5 * Of("swarm-random", "success"));
        Of("swarm-random", "success").ShouldBeGreaterThan(0.05);
        Of("swarm-random", "queries").ShouldBeInRange(40, 840);
        Of("pgd", "queries").ShouldBe(0);
        output.ShouldContain("Pixels by influence succeed");
        output.ShouldContain("swarm-influence: estimate error");
        (await File.ReadAllTextAsync(Path.Combine(_folder, "report.md"), TestContext.Current.CancellationToken)).ShouldContain("| swarm-influence |");
        MonitorFile.Read(await File.ReadAllBytesAsync(monitor, TestContext.Current.CancellationToken))
            .Metadata.TrainingNumbers["hardening.rows"].ShouldBe("100");
        new FileInfo(Path.Combine(_folder, "images", "sheet.png")).Length.ShouldBeGreaterThan(5_000);

        var trace = TraceFile.Open(Path.Combine(_folder, "swarm-influence.npz"));
        trace.Conditions.ShouldBe(["clean", "reference", "swarm-influence"]);
        trace.Load("swarm-influence").Count.ShouldBe(100);
        var evaluated = await CommandRun.InvokeAsync(EvaluateCommand.Create(), "--traces", trace.Path, "--budget", "20", "--window", "100", "--repeats", "2");
        evaluated.Code.ShouldBe(0, evaluated.Error);
        evaluated.Output.ShouldContain("swarm-influence");
    }

    [Fact]
    public async Task A_classifier_of_ones_own_is_asked_for_its_gradients_and_every_query_counted()
    {
        var images = DemoAssets.ReadTestImages().Slice(0, 400);
        var (pixels, labels, json) = (Path.Combine(_folder, "images.npy"), Path.Combine(_folder, "labels.npy"), Path.Combine(_folder, "report.json"));
        ExtractNpy(pixels, npz => npz.Add("a", [400, 1, 28, 28], images.Pixels));
        ExtractNpy(labels, npz => npz.Add("a", [400], images.Labels));

        var (code, output, error) = await CommandRun.InvokeAsync(
            StressCommand.Create(), "--classifier", DemoAssets.Classifier(), "--images", pixels, "--labels", labels, "--reference", DemoAssets.Reference(),
            "--attack", "swarm,fgsm", "--selector", "gradient", "--count", "10", "--json", json);

        error.ShouldBe("");
        code.ShouldBe(0, output);
        output.ShouldContain("gradients by queries, counted");
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(json, TestContext.Current.CancellationToken));
        var attacks = document.RootElement.GetProperty("seeds")[0].GetProperty("attacks");
        attacks[0].GetProperty("queries").GetDouble().ShouldBeInRange(1568 + 40, 1568 + 840);
        attacks[1].GetProperty("queries").GetDouble().ShouldBe(1568);
    }

    [Theory]
    [InlineData("--attack: 'magic' is not an attack; use swarm, fgsm or pgd.", "--attack", "magic")]
    [InlineData("--selector: 'best' is not a selector; use one of: influence, gradient, random, influence-gradient.", "--selector", "best")]
    [InlineData("--target: 'dog'; it must be none, runner-up or a class from 0.", "--target", "dog")]
    [InlineData("--images and --labels belong together.", "--images", "x.npy")]
    [InlineData("--classifier needs --images and --labels.", "--classifier", "x.onnx")]
    public async Task What_makes_no_sense_is_said(string message, params string[] arguments)
    {
        var (code, _, error) = await CommandRun.InvokeAsync(StressCommand.Create(), arguments);

        code.ShouldBe(64);
        error.Trim().ShouldBe(message);
    }

    [Fact]
    public async Task The_reference_is_a_file_as_people_have_them()
    {
        var reference = Path.Combine(_folder, "reference.csv");
        await File.WriteAllTextAsync(reference, "cat,dog,truth\n0.5,0.5,dog\n", TestContext.Current.CancellationToken);

        var (_, _, error) = await CommandRun.InvokeAsync(StressCommand.Create(), "-r", reference, "--map", "label=truth");

        error.Trim().ShouldEndWith("The reference has 2 classes, the classifier 10.");
    }

    private static void WriteSomeOfTheReference(string path)
    {
        var all = TraceFile.Open(DemoAssets.Reference()).Load(TraceFile.Reference);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var file = File.Create(path);
        using var npz = new NpzWriter(file);
        npz.Add("reference__probs", [2000, all.ClassCount], all.Probabilities.AsSpan(0, 2000 * all.ClassCount));
        npz.Add("reference__labels", [2000], [.. all.Labels.Take(2000).Select(l => (ushort)l)]);
    }

    private static void ExtractNpy(string path, Action<NpzWriter> add)
    {
        using var memory = new MemoryStream();
        using (var npz = new NpzWriter(memory))
        {
            add(npz);
        }

        using var zip = new System.IO.Compression.ZipArchive(memory);
        using var entry = zip.Entries.Single().Open();
        using var file = File.Create(path);
        entry.CopyTo(file);
    }
}
