using AccuracyMonitor.Bridge.Hosting;
using AccuracyMonitor.Bridge.Tests.Support;

namespace AccuracyMonitor.Bridge.Tests.Hosting;

[Collection("console")]
public sealed class BridgeHostTests
{
    [Fact]
    public async Task All_errors_of_the_configuration_are_told_at_once()
    {
        var (code, error) = await RunAsync(
            [
                "--Bridge:Target=ftp://x", "--LabelStudio:Url=ls.example", "--LabelStudio:TokenFile=/nowhere/token", "--Listen:Address=home",
                "--Inputs:Template=x",
            ],
            BridgeMode.Serve);

        code.ShouldBe(64);
        ((string[])[
            "Address is 'ftp://x'", "Bridge:Model is ''; it must name the model",
            "LabelStudio:Url is 'ls.example'; it must be http://", "/nowhere/token'; there is no such file", "Listen:Address is 'home'",
            "Inputs:Template is 'x'; it must have {prediction_id}",
        ]).Where(e => !error.Contains(e, StringComparison.Ordinal)).ShouldBeEmpty(error);
    }

    [Fact]
    public async Task Names_that_are_no_settings_are_answered_with_those_that_are()
    {
        var (code, error) = await RunAsync(["--LabelStudio:Token=abc", "--Bridge:PollInterval=often"], BridgeMode.Serve);

        code.ShouldBe(64);
        error.ShouldContain("LabelStudio:Token is no setting; LabelStudio has AdjustProject");
        error.ShouldContain("Bridge:PollInterval is 'often'");
    }

    [Fact]
    public async Task A_dry_run_changes_neither_side()
    {
        await using var scene = await BridgeScene.StartAsync();
        await scene.Sidecar.RequestAsync("a");

        (await RunAsync(scene.Settings(), BridgeMode.DryRun)).Code.ShouldBe(0);

        scene.Studio.Projects.ShouldBeEmpty();
        (await scene.Sidecar.QueueAsync()).Leased.ShouldBe(0u);
        File.Exists(Path.Combine(scene.Folder, "bridge.db")).ShouldBeFalse();
    }

    [Fact]
    public async Task One_pass_is_enough_for_a_scheduler()
    {
        await using var scene = await BridgeScene.StartAsync();
        await scene.Sidecar.RequestAsync("a");
        (await RunAsync(scene.Settings(), BridgeMode.Once)).Code.ShouldBe(0);
        await scene.Studio.AnnotateAsync(scene.Studio.Tasks.Single(), "1");
        (await RunAsync(scene.Settings(), BridgeMode.Once)).Code.ShouldBe(0);
        (await scene.Sidecar.RequestsAsync())["a"].Label.ShouldBe(1u);

        scene.Studio.Down = true;
        (await RunAsync(scene.Settings(), BridgeMode.Once)).Code.ShouldBe(1);
    }

    [Fact]
    public async Task It_stops_cleanly_and_a_second_one_with_its_journal_is_refused()
    {
        await using var scene = await BridgeScene.StartAsync();
        await scene.Sidecar.RequestAsync("a");
        using var stop = new CancellationTokenSource();
        var first = BridgeHost.RunAsync(scene.Settings(), BridgeMode.Serve, stop.Token);
        await Eventually.TrueAsync(() => Task.FromResult(scene.Studio.Tasks.Count == 1), "the request is a task");

        var (code, error) = await RunAsync(scene.Settings(), BridgeMode.Once);
        await stop.CancelAsync();

        code.ShouldBe(1);
        error.ShouldContain("bridge.db is in use by another bridge");
        (await first).ShouldBe(0);
    }

    private static async Task<(int Code, string Error)> RunAsync(string[] args, BridgeMode mode)
    {
        var before = Console.Error;
        await using var error = new StringWriter();
        Console.SetError(error);
        try
        {
            return (await BridgeHost.RunAsync(args, mode, TestContext.Current.CancellationToken), error.ToString());
        }
        finally
        {
            Console.SetError(before);
        }
    }
}
