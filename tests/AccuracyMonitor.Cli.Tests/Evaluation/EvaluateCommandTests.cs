using System.CommandLine;
using System.Text.Json;
using System.Xml.Linq;
using AccuracyMonitor.Cli.Evaluation;
using AccuracyMonitor.Evaluation.Judging;

namespace AccuracyMonitor.Cli.Tests.Evaluation;

public class EvaluateCommandTests
{
    [Fact]
    public void Help_explains_every_method()
    {
        var help = EvaluateCommand.Create().Description!;

        foreach (var row in EstimatorTable.All)
        {
            help.ShouldContain($"  {row.Name,-24} {row.Help}");
        }
    }

    [Fact]
    public async Task Every_method_is_judged_in_every_condition_and_the_same_seed_says_the_same()
    {
        using var npz = MadeUp();
        var path = npz.Write();
        var json = Path.ChangeExtension(path, ".json");
        try
        {
            var (code, table, error) = await RunAsync("--traces", path, "--budget", "60", "--repeats", "30", "--simulate", "--json", json);

            error.ShouldContain(": 900 rows, 100 % labelled; K = 3, softmax");
            code.ShouldBe(0);
            (await RunAsync("--traces", path, "--budget", "60", "--repeats", "30", "--simulate")).Output.ShouldBe(table);

            using var document = JsonDocument.Parse(await File.ReadAllTextAsync(json, TestContext.Current.CancellationToken));
            document.RootElement.GetProperty("schema").GetString().ShouldBe("accuracy-monitor/evaluation/1");
            var records = document.RootElement.GetProperty("records").EnumerateArray().ToArray();
            records.Select(r => r.GetProperty("condition").GetString()).Distinct().ShouldBe(
                ["clean", "sim_concept_3", "sim_concept_10", "sim_covariate", "sim_labels", "fog_3"]);
            foreach (var condition in records.GroupBy(r => r.GetProperty("condition").GetString()))
            {
                condition.Select(r => r.GetProperty("method").GetString()).ShouldBe(EstimatorTable.Default(0));
            }

            var audited = Record(records, "clean", "audited");
            audited.GetProperty("n").GetInt32().ShouldBe(300);
            audited.GetProperty("classes").GetInt32().ShouldBe(3);
            audited.GetProperty("repeats").GetInt32().ShouldBe(30);
            audited.GetProperty("labels").GetDouble().ShouldBe(60, 6);
            audited.GetProperty("coverage").GetDouble().ShouldBeGreaterThan(0.8);
            Math.Abs(audited.GetProperty("bias").GetDouble()).ShouldBeLessThan(0.04);

            // Without labels every window of all rows is the same one: judged once. A concept shift is not seen, and that is the bias.
            var monitor = Record(records, "sim_concept_10", "monitor");
            monitor.GetProperty("repeats").GetInt32().ShouldBe(1);
            monitor.GetProperty("bias").GetDouble().ShouldBeGreaterThan(0.02);
            Record(records, "clean", "ac").GetProperty("coverage").ValueKind.ShouldBe(JsonValueKind.Null);
            var truth = Record(records, "clean", "ac").GetProperty("true_accuracy").GetDouble();
            Record(records, "fog_3", "ac").GetProperty("true_accuracy").GetDouble().ShouldBeLessThan(truth - 0.1);
        }
        finally
        {
            File.Delete(json);
        }
    }

    [Fact]
    public async Task Labels_of_earlier_windows_teach_the_monitor()
    {
        using var npz = MadeUp();
        var json = Path.GetTempFileName();
        try
        {
            var (code, _, _) = await RunAsync(
                "--traces", npz.Write(), "--budget", "30", "--repeats", "20", "--earlier-labels", "100", "--methods",
                "monitor,monitor-recalibrated,uniform-earlier", "--json", json);

            code.ShouldBe(0);
            using var document = JsonDocument.Parse(await File.ReadAllTextAsync(json, TestContext.Current.CancellationToken));
            var records = document.RootElement.GetProperty("records").EnumerateArray().ToArray();
            var taught = Record(records, "fog_3", "monitor-recalibrated");
            taught.GetProperty("rmse").GetDouble().ShouldBeLessThan(Record(records, "fog_3", "monitor").GetProperty("rmse").GetDouble() / 2);
            taught.GetProperty("labels").GetDouble().ShouldBe(0);
        }
        finally
        {
            File.Delete(json);
        }
    }

    [Fact]
    public async Task A_budget_may_be_a_share_and_a_window_larger_than_the_recording()
    {
        using var npz = MadeUp();
        var (code, table, _) = await RunAsync("--traces", npz.Write(), "--budget", "5%", "--window", "1000", "--repeats", "2", "--methods", "uniform-wilson");
        code.ShouldBe(0);
        table.ShouldContain("labels    50.0");
    }

    [Fact]
    public async Task The_report_is_the_same_page_for_the_same_seed_and_another_for_another()
    {
        using var npz = MadeUp("<b>&_1");
        var folder = Directory.CreateTempSubdirectory().FullName;

        // The name of the file is part of the seeds.
        var path = Path.Combine(folder, "trace.npz");
        File.Move(npz.Write(), path);
        try
        {
            var page = await ReportAsync("1", "new/folder");
            (await ReportAsync("1", "again")).ShouldBe(page);
            (await ReportAsync("2", "again")).ShouldNotBe(page);

            // One for each of 4 estimates, 2 groups of errors, 3 scores, and 13 methods that have an interval.
            var body = XDocument.Parse(page[page.IndexOf("<html", StringComparison.Ordinal)..]);
            body.Descendants("svg").Count().ShouldBe(4 + 2 + 3 + 13);
            body.Descendants("title").Select(t => t.Value).ShouldContain(t => t.Contains("<b>&_1", StringComparison.Ordinal));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        async Task<string> ReportAsync(string seed, string into)
        {
            // Twice the labels that a recalibration needs at least.
            (await RunAsync("--traces", path, "--budget", "60", "--repeats", "3", "--seed", seed, "--report", Path.Combine(folder, into))).Code.ShouldBe(0);
            return await File.ReadAllTextAsync(Path.Combine(folder, into, "index.html"), TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Alarms_are_measured_when_asked_for()
    {
        using var npz = MadeUp();
        var (code, table, _) = await RunAsync("--traces", npz.Write(), "--budget", "30", "--repeats", "2", "--alarms", "--methods", "uniform-wilson");
        code.ShouldBe(0);
        table.Split('\n').Count(line => line.StartsWith(npz.Name, StringComparison.Ordinal) && line.Contains(" validity ")).ShouldBe(9);
    }

    [Fact]
    public async Task Another_seed_draws_other_labels()
    {
        using var npz = MadeUp();
        var path = npz.Write();
        var one = await RunAsync("--traces", path, "--budget", "30", "--repeats", "2", "--methods", "audited");
        var other = await RunAsync("--traces", path, "--budget", "30", "--repeats", "2", "--methods", "audited", "--seed", "2");
        other.Output.ShouldNotBe(one.Output);
    }

    [Fact]
    public async Task A_damaged_file_is_named_and_the_others_are_judged()
    {
        using var good = MadeUp();
        using var bad = new NpzWriter().Add("clean__probs", "<f4", "1, 2", 0.5f, 1.5f).Add<ushort>("clean__labels", "<u2", "1,", 1);
        var folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            File.Copy(bad.Write(), Path.Combine(folder, "a.npz"));
            File.Copy(good.Write(), Path.Combine(folder, "b.npz"));
            var (code, table, error) = await RunAsync("--traces", folder, "--budget", "30", "--repeats", "2", "--methods", "ac,audited");
            code.ShouldBe(65);
            error.ShouldContain("a.npz: 'clean__probs.npy' row 0: probability 1.5 is outside [0, 1]");
            table.ShouldContain("b / clean: n = 300");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_trace_without_a_reference_is_judged_by_the_methods_that_need_none()
    {
        using var npz = new NpzWriter().Add("clean__probs", "<f4", "2, 2", 0.5f, 0.5f, 0.9f, 0.1f).Add<ushort>("clean__labels", "<u2", "2,", 1, 0);
        var (code, table, _) = await RunAsync("--traces", npz.Write(), "--repeats", "2");
        code.ShouldBe(0);
        table.ShouldContain("audited");
        table.ShouldNotContain("cbpe");
    }

    [Theory]
    [InlineData("--budget", "0", "'0' is no label budget")]
    [InlineData("--budget", "101%", "'101%' is no label budget")]
    [InlineData("--repeats", "-1", "--repeats is -1; it must be 1 to")]
    [InlineData("--window", "1", "--window is 1; it must be 2 to")]
    [InlineData("--methods", "audited,guess", "'guess' is not a method. Expected: ac, ")]
    [InlineData("--methods", "monitor-recalibrated", "'monitor-recalibrated' needs --earlier-labels")]
    [InlineData("--seed", "1", "/nowhere: no trace, and no folder")]
    public async Task Bad_usage_is_named(string option, string value, string expected)
    {
        var (code, _, error) = await RunAsync("--traces", "/nowhere", option, value);
        code.ShouldNotBe(0);
        error.ShouldContain(expected);
    }

    private static JsonElement Record(JsonElement[] records, string condition, string method) => records.Single(
        r => r.GetProperty("condition").GetString() == condition && r.GetProperty("method").GetString() == method);

    private static Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments) =>
        CommandRun.InvokeAsync(EvaluateCommand.Create(), arguments);

    private static NpzWriter MadeUp(string shift = "fog_3")
    {
        var npz = new NpzWriter();
        var random = new Random(5);
        foreach (var (condition, drop) in new[] { ("reference", 0.0), ("clean", 0.0), (shift, 0.3) })
        {
            var probabilities = new float[900];
            var labels = new ushort[300];
            for (var i = 0; i < 300; i++)
            {
                var confidence = 0.4f + (0.6f * (float)Math.Sqrt(random.NextDouble()));
                probabilities[3 * i] = confidence;
                probabilities[(3 * i) + 1] = (1 - confidence) * 0.7f;
                probabilities[(3 * i) + 2] = (1 - confidence) * 0.3f;
                labels[i] = (ushort)(random.NextDouble() < confidence - drop ? 0 : 1);
            }

            npz.Add($"{condition}__probs", "<f4", "300, 3", probabilities).Add($"{condition}__labels", "<u2", "300,", labels);
        }

        return npz;
    }
}
