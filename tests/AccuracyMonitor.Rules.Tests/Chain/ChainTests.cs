namespace AccuracyMonitor.Rules.Tests.Chain;

/// <summary>From a broken model to the pager and back, through every real part.</summary>
[Collection(nameof(ChainRun))]
public sealed class ChainTests(ChainRun run, ITestOutputHelper output)
{
    private const string Alert = "ModelAccuracyBelowObjective";

    // The range of the alert and its `for`: by then every label of the last hour is of the broken model, however the labels fell.
    private static readonly TimeSpan Promised = TimeSpan.FromHours(1) + TimeSpan.FromMinutes(5);

    // The range and `keep_firing_for`.
    private static readonly TimeSpan PromisedEnd = TimeSpan.FromHours(1) + TimeSpan.FromMinutes(15);

    // Scrapes, evaluations and Alertmanager's waits are not sped up as the rules are: on a busy machine they take a few seconds.
    private static readonly TimeSpan Machinery = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task A_model_that_breaks_is_paged_within_the_promised_delay_and_resolved_when_it_has_recovered()
    {
        (await run.Prometheus.FailedRulesAsync()).ShouldBeEmpty();
        var notices = Of(ChainRun.Turning);
        var page = notices.FirstOrDefault(n => n.Firing && n.Labels["alertname"] == Alert).ShouldNotBeNull(All());
        var end = notices.FirstOrDefault(n => !n.Firing && n.Labels["alertname"] == Alert && n.Arrived > run.Shift.Recovered).ShouldNotBeNull(All());

        var (delay, recovery) = (page.Arrived - run.Shift.Broken, end.Arrived - run.Shift.Recovered);
        output.WriteLine(
            $"page {delay.TotalSeconds:F1} s after the shift ({(delay * ChainRun.Factor).TotalMinutes:F0} min in the time of the rules), resolved "
                + $"{recovery.TotalSeconds:F1} s after recovery ({(recovery * ChainRun.Factor).TotalMinutes:F0} min)\n{All()}");
        page.Receiver.ShouldBe("page");
        page.Annotations["summary"].ShouldMatch($@"^shop turning is at most \d+(\.\d+)?% accurate; promised are 70%\.$");
        delay.ShouldBeInRange(TimeSpan.Zero, (Promised / ChainRun.Factor) + Machinery);
        recovery.ShouldBeInRange(TimeSpan.Zero, (PromisedEnd / ChainRun.Factor) + Machinery);
    }

    [Fact]
    public void Nobody_is_woken_for_the_version_that_stays_clean_for_as_long() =>
        Of(ChainRun.Steady).Where(n => n.Receiver == "page").ShouldBeEmpty(All());

    [Fact]
    public void What_can_wait_is_no_page() =>
        run.Webhooks.Notices.Where(n => n.Receiver == "page").ShouldAllBe(n => n.Labels["severity"] == "critical");

    private Notice[] Of(string version) => [.. run.Webhooks.Notices.Where(n => n.Labels.GetValueOrDefault("version") == version)];

    private string All() => string.Join('\n', run.Webhooks.Notices);
}
