using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Sidecar.Tests.Alarms;

public sealed class AlarmReasonTests
{
    private const string Numbers = @"^audited accuracy 0\.\d\d–0\.\d\d over 1 h, objective 0\.85; 100 labels; e-value \S+, fires at \S+$";

    private static readonly string[] Everything =
    [
        "--Sampling:Budget=1", "--Sampling:Policy=Uniform", "--Estimation:MinSamples=1", "--Estimation:Windows:0=1h", "--Estimation:Windows:1=24h",
        "--Alarms:AverageRunLength=100",
    ];

    [Fact]
    public async Task Accuracy_Firing_SaysWhatTheShortestWindowWithLabelsShows()
    {
        await using var sidecar = await TestSidecar.StartAsync([.. Everything, "--Alarms:Objective=0.85"]);
        await FallAsync(sidecar, "");

        var alarm = (await sidecar.Estimates.GetEstimateAsync(new GetEstimateRequest { Model = "m", Version = "1" })).Estimate.AccuracyAlarm;

        alarm.Firing.ShouldBeTrue();
        alarm.Reason.ShouldMatch(Numbers);
        using var http = new HttpClient();
        await Eventually.TrueAsync(
            async () => (await http.GetStringAsync(new Uri($"{sidecar.HttpAddress}/estimates"))).Contains("audited accuracy 0.", StringComparison.Ordinal),
            "the page has it too");
    }

    [Fact]
    public async Task Accuracy_TooFewLabelsForAWindow_KeepsItsOwnWords()
    {
        await using var sidecar = await TestSidecar.StartAsync([.. Everything, "--Alarms:Objective=0.85", "--Estimation:LabelFloor=1000"]);
        await FallAsync(sidecar, "");

        var alarm = (await sidecar.Estimates.GetEstimateAsync(new GetEstimateRequest { Model = "m", Version = "1" })).Estimate.AccuracyAlarm;

        alarm.Firing.ShouldBeTrue();
        alarm.Reason.ShouldContain("Accuracy has fallen below the objective 0.85");
    }

    [Fact]
    public async Task Parts_WithAnObjective_FireOneByOneAndTheOthersNever()
    {
        await using var sidecar = await TestSidecar.StartAsync(
            [.. Everything, "--Alarms:SegmentObjectives:0=eu=0.85", "--Alarms:ClassObjectives:0=1=0.85"]);
        await FallAsync(sidecar, "eu");
        await Traffic.SendAsync(sidecar, "good", 60, predicted: 1, segment: "us");
        await Traffic.LabelAsync(sidecar, "good", 0, 60, label: 1);

        var eu = await GetAsync(new GetEstimateRequest { Model = "m", Version = "1", Segment = "eu" });
        eu.Firing.ShouldBeTrue();
        eu.Reason.ShouldMatch(Numbers);
        (await GetAsync(new GetEstimateRequest { Model = "m", Version = "1", Segment = "us" })).Reason.ShouldBe("No accuracy objective is set for it.");
        (await GetAsync(new GetEstimateRequest { Model = "m", Version = "1", PredictedClass = "0" })).Firing.ShouldBeFalse();
        var one = await GetAsync(new GetEstimateRequest { Model = "m", Version = "1", PredictedClass = "1" });
        (one.Firing, one.Labels).ShouldBe((false, 60u));
        await Eventually.TrueAsync(async () => await FiringAsync("eu", "") == 1 && await FiringAsync("", "1") == 0, "alarms of parts are exported");
        (await FiringAsync("us", "")).ShouldBeNull();

        // A correction rebuilds them from the stored labels.
        await Traffic.LabelAsync(sidecar, "bad", 0, 100, label: 0);
        await Eventually.TrueAsync(async () => await FiringAsync("eu", "") == 0, "all were right after all");

        async Task<AlarmState> GetAsync(GetEstimateRequest request) => (await sidecar.Estimates.GetEstimateAsync(request)).Estimate.AccuracyAlarm;

        Task<double?> FiringAsync(string segment, string predicted) => sidecar.MetricAsync(
            $"accuracy_monitor_subgroup_alarm_firing{{model=\"m\",version=\"1\",segment=\"{segment}\",predicted_class=\"{predicted}\"}}");
    }

    [Theory]
    [InlineData("--Alarms:SegmentObjectives:0=eu", "Alarms:SegmentObjectives:0 is 'eu'")]
    [InlineData("--Alarms:ClassObjectives:0=cat=0.9", "a class number")]
    [InlineData("--Alarms:ClassObjectives:0=1=1.5", "0.01 to 0.9999")]
    [InlineData("--Estimation:Baselines:0=m", "model:version")]
    public async Task Settings_ThatCantBeRead_AreNamed(string setting, string message)
    {
        var error = await Should.ThrowAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => TestSidecar.StartAsync(setting));

        error.Message.ShouldContain(message);
    }

    /// <summary>A hundred labels, every other one wrong.</summary>
    private static async Task FallAsync(TestSidecar sidecar, string segment)
    {
        await Traffic.SendAsync(sidecar, "bad", 100, segment: segment);
        for (var i = 0; i < 100; i += 10)
        {
            await Traffic.LabelAsync(sidecar, "bad", i, 5, label: 1);
            await Traffic.LabelAsync(sidecar, "bad", i + 5, 5, label: 0);
        }
    }
}
