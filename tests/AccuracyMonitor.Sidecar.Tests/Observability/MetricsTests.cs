using System.Diagnostics;
using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Sidecar.Tests.Labelling;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Sidecar.Truth;
using AccuracyMonitor.Tests.ModelServers;
using AccuracyMonitor.V1;
using Microsoft.Extensions.DependencyInjection;
using Judgement = AccuracyMonitor.Core.Estimation.EstimateJudgement;
using RealizedAccuracy = AccuracyMonitor.Sidecar.Truth.RealizedAccuracy;

namespace AccuracyMonitor.Sidecar.Tests.Observability;

public sealed class MetricsTests
{
    private const string GoldenFile = "Golden/metrics.txt";

    /// <summary>Series that the refreshes write, some a refresh later than others.</summary>
    private static readonly string[] Late =
    [
        "accuracy_monitor_accuracy_lower_bound_ratio{model=\"m\",version=\"1\",segment=\"\",window=\"5m\",estimate=\"audited\"}",
        "accuracy_monitor_label_queue_items{",
        "accuracy_monitor_accuracy_difference_ratio{",
        "accuracy_monitor_class_accuracy_upper_bound_ratio{",
        "accuracy_monitor_subgroup_evidence{",
        "accuracy_monitor_subgroup_alarm_firing{",
        "accuracy_monitor_judged_covered_windows{",
    ];

    /// <summary>
    /// Names, types, labels and help are an interface: entries may be added to the golden file, never changed. To add, run with
    /// ACCURACY_MONITOR_WRITE_GOLDEN set to the file's path.
    /// </summary>
    [Fact]
    public async Task Every_metric_of_the_golden_file_is_exported_as_it_was()
    {
        await using var sidecar = await StartBusyAsync();
        var exported = Describe(await sidecar.ScrapeAsync());
        if (Environment.GetEnvironmentVariable("ACCURACY_MONITOR_WRITE_GOLDEN") is { Length: > 0 } path)
        {
            await File.WriteAllLinesAsync(path, exported);
        }

        var golden = await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, GoldenFile));
        golden.Length.ShouldBeGreaterThan(25);
        exported.ShouldBe(golden, "a new metric must be added to the golden file, and nothing in it may change");
    }

    [Fact]
    public async Task Promtool_finds_nothing_to_complain_about()
    {
        await using var sidecar = await StartBusyAsync();
        using var promtool = Process.Start(new ProcessStartInfo("promtool", ["check", "metrics"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        await promtool.StandardInput.WriteAsync(await sidecar.ScrapeAsync());
        promtool.StandardInput.Close();
        var complaints = await promtool.StandardOutput.ReadToEndAsync() + await promtool.StandardError.ReadToEndAsync();
        await promtool.WaitForExitAsync();

        complaints.ShouldBeEmpty();
        promtool.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Sums_over_labels_are_exported_as_counters_that_survive_a_correction()
    {
        await using var sidecar = await TestSidecar.StartAsync("--Sampling:Budget=1", "--Sampling:Policy=Uniform");
        await LabelServiceTests.SendAsync(sidecar, 10);
        const string Correct = "accuracy_monitor_label_moment_total{model=\"m\",version=\"1\",moment=\"w_correct\"}";

        await CompleteAsync(sidecar, 0, 10, label: 0);
        (await sidecar.MetricAsync(Correct)).ShouldBe(10);
        (await sidecar.MetricAsync("accuracy_monitor_label_moment_total{model=\"m\",version=\"1\",moment=\"w_score\"}"))!.Value.ShouldBe(8, 1e-4);

        await CompleteAsync(sidecar, 0, 4, label: 1);
        (await sidecar.MetricAsync(Correct)).ShouldBe(10, "a counter that falls reads as a restart");

        await CompleteAsync(sidecar, 0, 4, label: 0);
        (await sidecar.MetricAsync(Correct)).ShouldBe(10, "the debt of four is paid by the four that were right after all");
        (await sidecar.MetricAsync("accuracy_monitor_labels_total{model=\"m\",version=\"1\",outcome=\"replaced\"}")).ShouldBe(8);
    }

    private static async Task CompleteAsync(TestSidecar sidecar, int from, int count, uint label) => await sidecar.Labels.CompleteAsync(new CompleteRequest
    {
        Answers = { Enumerable.Range(from, count).Select(i => new Answer { Model = "m", Version = "1", PredictionId = $"p-{i}", Label = label }) },
    });

    /// <summary>A sidecar that has had reason to export everything.</summary>
    internal static async Task<TestSidecar> StartBusyAsync(params string[] settings)
    {
        var sidecar = await TestSidecar.StartAsync([
            "--Sampling:Budget=1", "--Sampling:Policy=Uniform", "--Estimation:MinSamples=1", "--Estimation:MinLabels=1", "--Alarms:Objective=0.9",
            "--Labelling:ExpiryInterval=100ms",

            // A hub that is away.
            "--Hub:Address=http://127.0.0.1:9",
            "--Estimation:LabelFloor=1", "--Alarms:ClassObjectives:0=*=0.9",
            .. settings]);
        await LabelServiceTests.SendAsync(sidecar, 40);
        await CompleteAsync(sidecar, 0, 40, label: 0);
        await SendCanaryAsync(sidecar);
        var (start, end) = (DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddHours(1));
        var stretch = new RealizedStretch(start, end) { Predictions = 1, Known = 1, Correct = 1, Score = 1 };
        var judgement = new Judgement(1, 0, 0, Covered: 1);
        sidecar.Services.GetRequiredService<LatestRealized>().All = [new RealizedAccuracy(new ModelKey("m", "1"), stretch, judgement, judgement)];
        await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = Batches.Of([[float.NaN, 1f]]) });
        await sidecar.Monitors.AdaptMonitorAsync(new AdaptMonitorRequest { Model = "m", Version = "1", Kind = AdaptationKind.Recalibration });
        await Eventually.TrueAsync(async () => Late.All((await sidecar.ScrapeAsync()).Contains), "estimates and queue are exported");
        return sidecar;
    }

    private static async Task SendCanaryAsync(TestSidecar sidecar)
    {
        await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = Batches.Of([[0.8f, 0.2f], [0.8f, 0.2f]], Batches.Ids("p", 2), version: "2") });
        await sidecar.Labels.CompleteAsync(new CompleteRequest
        {
            Answers = { Enumerable.Range(0, 2).Select(i => new Answer { Model = "m", Version = "2", PredictionId = $"p-{i}", Label = 0 }) },
        });
    }

    private static string[] Describe(string exposition)
    {
        var lines = exposition.Split('\n');
        var described = new List<string>();
        foreach (var help in lines.Where(l => l.StartsWith("# HELP ", StringComparison.Ordinal)))
        {
            var name = help.Split(' ')[2];
            var type = lines.Single(l => l.StartsWith($"# TYPE {name} ", StringComparison.Ordinal)).Split(' ')[3];
            var series = lines.FirstOrDefault(l => l.StartsWith(name + "{", StringComparison.Ordinal));
            var labels = series is null ? "" : string.Join(',', series[(name.Length + 1)..series.LastIndexOf('}')].Split("\",").Select(p => p.Split('=')[0]));
            described.Add($"{name} {type} {{{labels}}} {string.Join(' ', help.Split(' ')[3..])}");
        }

        return [.. described.Order(StringComparer.Ordinal)];
    }
}
