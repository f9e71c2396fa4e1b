using AccuracyMonitor.Core;
using AccuracyMonitor.Sidecar.Estimation;
using AccuracyMonitor.Sidecar.Intake;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.V1;
using Microsoft.Extensions.DependencyInjection;

namespace AccuracyMonitor.Sidecar.Tests.Estimation;

public sealed class PredictedClassTests
{
    private static readonly string[] Everything =
        ["--Sampling:Budget=1", "--Sampling:Policy=Uniform", "--Estimation:MinSamples=1", "--Estimation:Windows:0=1h"];

    [Fact]
    public async Task Estimates_OfAClass_ShowOnlyFromTheFloorOfLabelsOnAndGoWhenTheyFallBelow()
    {
        await using var sidecar = await TestSidecar.StartAsync(Everything);
        await Traffic.SendAsync(sidecar, "a", 50, predicted: 0, classes: 3);
        await Traffic.SendAsync(sidecar, "b", 50, predicted: 2, classes: 3);
        await Traffic.LabelAsync(sidecar, "a", 0, 30, label: 0);
        await Traffic.LabelAsync(sidecar, "b", 0, 29, label: 0);

        await Eventually.TrueAsync(async () => await AuditedAsync(sidecar, "0") == 1, "class 0 has thirty labels");
        (await sidecar.ScrapeAsync()).ShouldNotContain("predicted_class=\"2\"");
        var few = await GetAsync(sidecar, "2");
        (few.PredictedClass, few.Predictions, few.Labels).ShouldBe(("2", 50u, 29u));
        few.Estimates.ShouldAllBe(e => e.State == EstimateState.InsufficientLabels && !e.HasValue);

        await Traffic.LabelAsync(sidecar, "b", 29, 1, label: 2);
        await Eventually.TrueAsync(async () => Math.Abs(await AuditedAsync(sidecar, "2") - (1 / 30.0) ?? 9) < 1e-6, "class 2 has thirty labels");
        await sidecar.Labels.RetractAsync(new RetractRequest { Predictions = { new PredictionRef { Model = "m", Version = "1", PredictionId = "b-0" } } });
        await Eventually.TrueAsync(
            async () => !(await sidecar.ScrapeAsync()).Contains("predicted_class=\"2\"", StringComparison.Ordinal), "and is below the floor again");
    }

    [Fact]
    public async Task ListEstimates_ClassesNotAskedFor_AreNotInTheAnswer()
    {
        await using var sidecar = await TestSidecar.StartAsync(Everything);
        await Traffic.SendAsync(sidecar, "a", 10, predicted: 1, classes: 3);
        await Eventually.TrueAsync(async () => (await ListAsync(true)).Count == 2, "the whole and class 1");

        (await ListAsync(true)).Select(e => e.PredictedClass).ShouldBe(["", "1"], ignoreOrder: true);
        (await ListAsync(false)).ShouldHaveSingleItem().PredictedClass.ShouldBe("");

        async Task<IReadOnlyList<WindowEstimate>> ListAsync(bool classes) =>
            (await sidecar.Estimates.ListEstimatesAsync(new ListEstimatesRequest { Model = "m", PredictedClasses = classes })).Estimates;
    }

    [Fact]
    public async Task Classes_BeyondTheCapOrAfterARestart_AreCountedWhereTheyWere()
    {
        var folder = Directory.CreateTempSubdirectory("am-").FullName;
        string[] settings = [.. Everything, "--Estimation:MaxPredictedClasses=2", "--Estimation:LabelFloor=1"];
        try
        {
            await using (var sidecar = await TestSidecar.StartInAsync(folder, settings))
            {
                for (var k = 0; k < 4; k++)
                {
                    await Traffic.SendAsync(sidecar, $"{k}", 10 + k, predicted: k, classes: 5);
                    await Traffic.LabelAsync(sidecar, $"{k}", 0, 5, label: (uint)k);
                }

                (await sidecar.MetricAsync("accuracy_monitor_class_overflow_total")).ShouldBe(25);
                await sidecar.StopAsync();
            }

            await using var again = await TestSidecar.StartInAsync(folder, settings);
            (await CountsAsync("0")).ShouldBe((10u, 5u));
            (await CountsAsync("1")).ShouldBe((11u, 5u));
            (await CountsAsync("other")).ShouldBe((25u, 10u));

            async Task<(ulong, ulong)> CountsAsync(string name)
            {
                var estimate = await GetAsync(again, name);
                return (estimate.Predictions, estimate.Labels);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Segments_BelowTheFloor_HaveNoEstimateFromLabels()
    {
        await using var sidecar = await TestSidecar.StartAsync(Everything);
        await Traffic.SendAsync(sidecar, "a", 40, segment: "eu");
        await Traffic.LabelAsync(sidecar, "a", 0, 29, label: 0);

        (await StateAsync()).ShouldBe(EstimateState.InsufficientLabels);
        await Traffic.LabelAsync(sidecar, "a", 29, 1, label: 0);
        (await StateAsync()).ShouldBe(EstimateState.Ok);

        async Task<EstimateState> StateAsync() =>
            (await sidecar.Estimates.GetEstimateAsync(new GetEstimateRequest { Model = "m", Version = "1", Segment = "eu" })).Estimate
            .Estimates.Single(e => e.Kind == EstimateKind.Audited).State;
    }

    /// <summary>What a class costs: the default windows at twelve buckets, and nothing that grows with the traffic.</summary>
    [Fact]
    public async Task State_OfAHundredClassesByDefault_IsUnderAMebibyteAndAHalf()
    {
        await using var sidecar = await TestSidecar.StartAsync();
        for (var k = 0; k < 120; k++)
        {
            await Traffic.SendAsync(sidecar, $"{k}", 20, predicted: k, classes: 120);
        }

        sidecar.Services.GetRequiredService<ModelRegistry>().TryGet(new ModelKey("m", "1"), out var model).ShouldBeTrue();
        var classes = model.Classes.All.ToArray();
        TestContext.Current.TestOutputHelper?.WriteLine($"{classes[0].Windows.StateBytes} bytes a class, {model.AllTraffic.Windows.StateBytes} for the whole");
        classes.Length.ShouldBe(new EstimationOptions().MaxPredictedClasses + 1);
        classes.Select(c => c.Windows.StateBytes).Distinct().ShouldHaveSingleItem().ShouldBeLessThanOrEqualTo(14 * 3 * 256);
        classes.Sum(c => c.Windows.StateBytes).ShouldBeLessThan(3 << 19);
    }

    private static Task<double?> AuditedAsync(TestSidecar sidecar, string name) => sidecar.MetricAsync(
        $"accuracy_monitor_class_accuracy_ratio{{model=\"m\",version=\"1\",predicted_class=\"{name}\",window=\"1h\",estimate=\"audited\"}}");

    private static async Task<WindowEstimate> GetAsync(TestSidecar sidecar, string name) =>
        (await sidecar.Estimates.GetEstimateAsync(new GetEstimateRequest { Model = "m", Version = "1", PredictedClass = name })).Estimate;
}
