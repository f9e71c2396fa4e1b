using System.CommandLine;
using System.Text.Json.Nodes;
using AccuracyMonitor.Cli.Training;
using AccuracyMonitor.Evaluation.Recipes;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Scoring.Ternary;

namespace AccuracyMonitor.Cli.Tests.Training;

public sealed class RecipeTests : IDisposable
{
    private const string Whole = """
        seed: 3
        test-share: 0.25
        policy:
          text: COS k0=0.01 k1=0 l=60; over 60
        train:
          hidden: [8]
          epochs: 12
          batch-size: 64
          grad-quant: bhq
          grad-bits: 4
        harden:
          traces: attacked.npz
          condition: attacked
          auroc-tolerance: 1
          estimate-tolerance: 1
        compress:
          passes: 1
          rows: 400
          auroc-tolerance: 1
          estimate-tolerance: 1
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;
    private readonly NpzWriter _reference = TwoClasses.Of(800, seed: 6, ("reference", 1));
    private readonly NpzWriter _attacked = TwoClasses.Of(800, seed: 6, ("attacked", 0.4f));

    [Fact]
    public async Task Every_stage_runs_its_gate_is_recorded_and_the_same_recipe_gives_the_same_bytes()
    {
        var output = await RunAsync(Whole, 0);

        var metadata = MonitorFile.Read(await File.ReadAllBytesAsync(output, Cancel)).Metadata;
        metadata.TrainingNumbers["quantizer"].ShouldBe("Bhq");
        metadata.TrainingNumbers["learning_rate_policy"].ShouldStartWith("COS");
        metadata.TrainingNumbers["hardening.rows"].ShouldBe("400");
        TernaryFile.Read(await File.ReadAllBytesAsync(Path.ChangeExtension(output, ".tmon"), Cancel))
            .Metadata.TrainingNumbers["ternary.parent"].ShouldBe(metadata.MonitorVersion);
        var gates = JsonNode.Parse(await File.ReadAllTextAsync(Path.ChangeExtension(output, ".gates.json"), Cancel))!["Gates"]!.AsArray();
        gates.Select(g => (string)g!["Stage"]!).ShouldBe(["harden", "compress"]);
        gates.ShouldAllBe(g => (bool)g!["Passed"]! && (int)g["Rows"]! == 200 && (double)g["Auroc"]! > 0.4);
        ((double)gates[0]!["More"]!["attacked_estimate_error"]!).ShouldBeLessThan((double)gates[0]!["More"]!["attacked_estimate_error_before"]!);

        var again = await RunAsync(Whole, 0, "again.onnx");
        (await File.ReadAllBytesAsync(again, Cancel)).ShouldBe(await File.ReadAllBytesAsync(output, Cancel));
    }

    [Fact]
    public async Task What_was_made_before_an_interruption_is_not_made_again_and_a_changed_stage_is()
    {
        var output = await RunAsync(Whole, 0);
        var made = Files();
        made.Keys.Select(f => f[..f.IndexOf('-', StringComparison.Ordinal)]).Order(StringComparer.Ordinal).ShouldBe(["compress", "harden", "train"]);

        // As after a kill during the last stage: its file is not there, and half of one is.
        var last = made.Keys.Single(f => f.StartsWith("compress", StringComparison.Ordinal));
        File.Move(Path.Combine(output + ".work", last), Path.Combine(output + ".work", last + ".1.unfinished"));
        await RunAsync(Whole, 0);
        Files().Where(f => f.Key.StartsWith("train", StringComparison.Ordinal) || f.Key.StartsWith("harden", StringComparison.Ordinal))
            .ShouldAllBe(f => f.Value == made[f.Key]);
        Files().Keys.ShouldContain(last);

        await RunAsync(Whole.Replace("passes: 1", "passes: 2", StringComparison.Ordinal), 0);
        Files().Keys.Count(f => f.StartsWith("compress", StringComparison.Ordinal) && !f.EndsWith("unfinished", StringComparison.Ordinal)).ShouldBe(2);
        Files().Keys.Count(f => f.StartsWith("train", StringComparison.Ordinal)).ShouldBe(1);

        Dictionary<string, DateTime> Files() =>
            Directory.GetFiles(output + ".work").ToDictionary(f => Path.GetFileName(f), File.GetLastWriteTimeUtc, StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_gate_that_is_not_passed_leaves_the_monitor_before()
    {
        var output = await RunAsync(Whole.Replace("estimate-tolerance: 1", "estimate-tolerance: 0", StringComparison.Ordinal)
            .Replace("auroc-tolerance: 1", "auroc-tolerance: 0", StringComparison.Ordinal), 0);

        var gates = JsonNode.Parse(await File.ReadAllTextAsync(Path.ChangeExtension(output, ".gates.json"), Cancel))!["Gates"]!.AsArray();
        var refused = gates.Single(g => (string)g!["Stage"]! == "harden")!;
        ((bool)refused["Passed"]!).ShouldBeFalse("a set of wrong outputs moves the clean estimate");
        MonitorFile.Read(await File.ReadAllBytesAsync(output, Cancel)).Metadata.TrainingNumbers.ShouldNotContainKey("hardening.rows");
    }

    [Theory]
    [InlineData("seed: 1\ntrian:\n  hidden: [8]", "recipe.yaml:2: unknown key 'trian'; known: seed, test-share, policy, train, harden, compress.")]
    [InlineData("train:\n  dropout: 2", "recipe.yaml:2: train.dropout is '2'; it must be 0 to 0.9.")]
    [InlineData("train:\n  hidden: [8, 0]", "recipe.yaml:2: train.hidden is [ 8, 0 ]; it must be a list of one or two whole numbers from 1 to 1024.")]
    [InlineData("train:\n  members: 1.5", "recipe.yaml:2: train.members is '1.5'; it must be a whole number from 1 to 256.")]
    [InlineData("train:\n  encoding: 3", "recipe.yaml:2: train.encoding is '3'; it must be one of RawSoftmax, ")]
    [InlineData("\npolicy:\n  text: COS k0=20 k1=0 l=100",
        "recipe.yaml:3: policy.text is 'COS k0=20 k1=0 l=100'; Learning-rate policy: k0 of COS is 20; it must be 0 to 10.")]
    [InlineData("harden:\n  condition: a", "recipe.yaml:2: harden.traces is missing.")]
    [InlineData("train: 3", "recipe.yaml:1: train is 3; it must be a mapping.")]
    [InlineData("train:\n  epochs: [1]\ncompress:\n  passes: -1\n  pases: 3",
        "recipe.yaml:4: compress.passes is '-1'; it must be a whole number from 0 to 100.")]
    [InlineData("a: b: c", "recipe.yaml:1: no YAML")]
    [InlineData("", "recipe.yaml: it must be one mapping.")]
    public void A_recipe_that_says_what_it_must_not_is_refused_with_line_and_bound(string text, string message)
    {
        var path = Path.Combine(_folder, "recipe.yaml");
        File.WriteAllText(path, text);

        Should.Throw<RecipeException>(() => RecipeReader.Read(path)).Message.ShouldContain(message);
    }

    [Fact]
    public void All_errors_are_told_at_once()
    {
        var path = Path.Combine(_folder, "recipe.yaml");
        File.WriteAllText(path, "train:\n  epochs: 0\ncompress:\n  passes: -1\n  pases: 3");

        Should.Throw<RecipeException>(() => RecipeReader.Read(path)).Message.Split(Environment.NewLine).Length.ShouldBe(3);
    }

    [Fact]
    public void A_recipe_and_an_option_that_it_replaces_exclude_each_other() =>
        TrainCommand.Create().Parse(["-r", "r.npz", "--recipe", "r.yaml", "--epochs", "3"]).Errors.Single()
            .Message.ShouldBe("--epochs and --recipe exclude each other: the recipe says it.");

    [Theory]
    [InlineData("--work and no recipe", "--work needs --recipe: without one nothing is kept there.", "--work", "w")]
    [InlineData(
        "a column of no file", "--label-column needs --labels: it names a column of that file. For the labels of the trace itself: --map label=NAME.",
        "--label-column", "y")]
    [InlineData("two rates", "--learning-rate and --policy exclude each other: the policy says it.", "--learning-rate", "0.1", "--policy", "FIX k0=0.01")]
    public void An_option_that_another_makes_useless_is_refused(string why, string error, params string[] options) =>
        TrainCommand.Create().Parse(["-r", "r.npz", .. options]).Errors.Select(e => e.Message).ShouldContain(error, why);

    [Fact]
    public async Task A_recipe_reads_the_reference_as_the_options_of_the_trace_say()
    {
        var (path, output) = (Path.Combine(_folder, "recipe.yaml"), Path.Combine(_folder, "monitor.onnx"));
        await File.WriteAllTextAsync(path, "train:\n  epochs: 1", Cancel);

        var (status, _, _) = await CommandRun.InvokeAsync(
            TrainCommand.Create(), "-r", _reference.Write(), "--recipe", path, "-o", output, "--form", "sigmoid");

        status.ShouldBe(65, "the reference has more than one column, so it is no single probability");
        File.Exists(output).ShouldBeFalse();
    }

    public void Dispose()
    {
        _reference.Dispose();
        _attacked.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private async Task<string> RunAsync(string recipe, int code, string name = "monitor.onnx")
    {
        var (path, output) = (Path.Combine(_folder, "recipe.yaml"), Path.Combine(_folder, name));
        await File.WriteAllTextAsync(path, recipe, Cancel);
        File.Copy(_attacked.Write(), Path.Combine(_folder, "attacked.npz"), overwrite: true);
        var (status, _, error) = await CommandRun.InvokeAsync(TrainCommand.Create(), "-r", _reference.Write(), "--recipe", path, "-o", output);
        status.ShouldBe(code, error);
        return output;
    }
}
