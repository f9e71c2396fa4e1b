using AccuracyMonitor.Bridge.Journal;
using AccuracyMonitor.Bridge.Tests.Support;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Bridge.Tests.Sync;

/// <summary>What the bridge does under each failing of Label Studio, of the sidecar and of its own.</summary>
public sealed class FailingTests
{
    private static readonly string[] Ten = [.. Enumerable.Range(0, 10).Select(i => $"p{i}")];

    [Fact]
    public async Task One_bad_task_does_not_stop_the_others_of_its_import()
    {
        await using var scene = await BridgeScene.StartAsync();
        scene.Studio.Refuses = id => id is "p3" or "p7";
        await scene.Sidecar.RequestAsync(Ten);
        await scene.StartBridgeAsync();
        (await scene.PassAsync()).ShouldBeTrue();

        scene.Studio.Tasks.Select(t => t.PredictionId).Order().ShouldBe(Ten.Where(id => !scene.Studio.Refuses(id)));
        scene.Journal.Count(ItemState.Held).ShouldBe(2);
        (await scene.Sidecar.QueueAsync()).Leased.ShouldBe(10u, "what is held is not leased again and again");

        scene.Studio.Refuses = _ => false;
        await scene.SweepAsync();
        scene.Studio.Tasks.Count.ShouldBe(10);
    }

    [Fact]
    public async Task An_import_whose_answer_is_lost_makes_no_task_twice()
    {
        await using var scene = await BridgeScene.StartAsync();
        scene.Studio.LostAnswers = 1;
        await scene.Sidecar.RequestAsync(Ten);
        await scene.StartBridgeAsync();

        (await scene.PassAsync()).ShouldBeFalse();
        scene.Studio.Tasks.Count.ShouldBe(10);
        (await scene.PassAsync(TimeSpan.FromMinutes(3))).ShouldBeTrue();

        scene.Studio.Tasks.Count.ShouldBe(10);
        scene.Studio.Imports.ShouldBe(1);
        scene.Journal.Count(ItemState.Open).ShouldBe(10);
    }

    [Fact]
    public async Task An_import_that_is_carried_out_after_it_was_sent_again_leaves_no_double()
    {
        await using var scene = await BridgeScene.StartAsync();
        scene.Studio.LateImports = 1;
        await scene.Sidecar.RequestAsync("a", "b");
        await scene.StartBridgeAsync();
        (await scene.PassAsync()).ShouldBeFalse();
        (await scene.PassAsync(TimeSpan.FromMinutes(3))).ShouldBeTrue();
        scene.Studio.Tasks.Count.ShouldBe(2);

        scene.Studio.DoLateImports();
        scene.Studio.Tasks.Count.ShouldBe(4);
        await scene.Studio.AnnotateAsync(scene.Studio.Tasks.Last(t => t.PredictionId == "a"), "1");
        await scene.PassAsync();

        scene.Studio.Tasks.Select(t => t.PredictionId).Order().ShouldBe(["a", "b"]);
        scene.Counters.DoublesDeleted.ShouldBe(2);
        (await scene.Sidecar.RequestsAsync())["a"].Label.ShouldBe(1u, "the one that was answered stays");
    }

    [Fact]
    public async Task An_import_in_the_background_is_waited_for()
    {
        await using var scene = await BridgeScene.StartAsync();
        scene.Studio.Background = true;
        await scene.Sidecar.RequestAsync("a", "b");
        await scene.StartBridgeAsync();
        (await scene.PassAsync()).ShouldBeTrue();
        scene.Journal.Count(ItemState.Wanted).ShouldBe(2);

        scene.Studio.DoLateImports();
        await scene.PassAsync();

        scene.Studio.Imports.ShouldBe(1);
        scene.Journal.Count(ItemState.Open).ShouldBe(2);
    }

    [Fact]
    public async Task Ignored_filters_and_capped_pages_lose_nothing_and_are_seen()
    {
        await using var scene = await BridgeScene.StartAsync();
        (scene.Studio.IgnoresFilters, scene.Studio.MaxPage) = (true, 3);
        await scene.Sidecar.RequestAsync(Ten);
        await scene.StartBridgeAsync();
        await scene.PassAsync();
        await scene.Studio.AnnotateAsync(scene.Studio.TaskOf("p9"), "1");
        await scene.PassAsync(TimeSpan.FromMinutes(5));
        await scene.Studio.AnnotateAsync(scene.Studio.TaskOf("p8"), "1");
        await scene.PassAsync(TimeSpan.FromMinutes(5));
        await scene.PassAsync(TimeSpan.FromMinutes(5));

        scene.Studio.Tasks.Count.ShouldBe(10);
        (await scene.Sidecar.QueueAsync()).Answered.ShouldBe(2u);
        scene.Counters.FiltersIgnored.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_filter_that_works_reads_only_what_changed()
    {
        await using var scene = await BridgeScene.StartAsync();
        await scene.Sidecar.RequestAsync(Ten);
        await scene.StartBridgeAsync();
        await scene.PassAsync();
        await scene.PassAsync(TimeSpan.FromMinutes(5));
        await scene.Studio.AnnotateAsync(scene.Studio.TaskOf("p9"), "1");
        await scene.PassAsync(TimeSpan.FromMinutes(5));
        var before = scene.Studio.ListedTasks;
        await scene.PassAsync(TimeSpan.FromMinutes(5));

        (scene.Studio.ListedTasks - before).ShouldBe(1, "the overlap has the last change");
        scene.Counters.FiltersIgnored.ShouldBe(0);
    }

    [Fact]
    public async Task While_Label_Studio_is_away_leases_are_renewed_and_nothing_is_lost()
    {
        await using var scene = await BridgeScene.StartAsync();
        await scene.Sidecar.RequestAsync("a", "b");
        await scene.StartBridgeAsync("--Bridge:LeaseDuration=4s");
        await scene.PassAsync(TimeSpan.Zero);
        await scene.Studio.AnnotateAsync(scene.Studio.TaskOf("a"), "1");
        scene.Studio.Down = true;
        var expires = scene.Journal.InState([ItemState.Open])[0].LeaseExpires;
        for (var i = 0; i < 5; i++)
        {
            (await scene.PassAsync()).ShouldBeFalse();
        }

        scene.Journal.InState([ItemState.Open])[0].LeaseExpires!.Value.ShouldBeGreaterThan(expires!.Value);
        scene.Counters.ToolFailures.ShouldBeInRange(1, 4, "pauses grow");
        (await scene.Sidecar.QueueAsync()).Answered.ShouldBe(0u);

        scene.Studio.Down = false;
        scene.Studio.Busy = 1;
        (await scene.PassAsync(TimeSpan.FromMinutes(3))).ShouldBeFalse();
        (await scene.PassAsync(TimeSpan.FromMinutes(3))).ShouldBeTrue();

        (await scene.Sidecar.RequestsAsync())["a"].Label.ShouldBe(1u);
        scene.Studio.Tasks.Count.ShouldBe(2);
    }

    [Fact]
    public async Task An_answer_given_while_the_sidecar_is_away_arrives_when_it_is_back()
    {
        await using var scene = await BridgeScene.StartAsync();
        await scene.Sidecar.RequestAsync("a");
        await scene.StartBridgeAsync();
        await scene.PassAsync();
        await scene.Sidecar.StopAsync();
        await scene.Studio.AnnotateAsync(scene.Studio.TaskOf("a"), "1");
        (await scene.PassAsync(TimeSpan.FromMinutes(5))).ShouldBeFalse();
        (await scene.PassAsync(TimeSpan.FromMinutes(5))).ShouldBeFalse();
        scene.Counters.QueueFailures.ShouldBe(2);

        await scene.Sidecar.StartAsync();
        (await scene.PassAsync(TimeSpan.FromMinutes(5))).ShouldBeTrue();

        (await scene.Sidecar.RequestsAsync())["a"].Label.ShouldBe(1u);
    }

    [Fact]
    public async Task Without_its_journal_the_bridge_finds_its_tasks_again()
    {
        await using var scene = await BridgeScene.StartAsync();
        await scene.Sidecar.RequestAsync("a", "b");
        await scene.StartBridgeAsync("--Bridge:LeaseDuration=2s");
        await scene.PassAsync(TimeSpan.Zero);
        await scene.Studio.AnnotateAsync(scene.Studio.TaskOf("a"), "1");
        await scene.StopBridgeAsync();
        foreach (var file in Directory.GetFiles(scene.Folder, "bridge.db*"))
        {
            File.Delete(file);
        }

        await Eventually.TrueAsync(async () => (await scene.Sidecar.QueueAsync()).Waiting == 2, "the leases end");
        await scene.StartBridgeAsync();
        (await scene.PassAsync()).ShouldBeTrue();

        scene.Studio.Projects.Count.ShouldBe(1);
        scene.Studio.Tasks.Count.ShouldBe(2);
        (await scene.Sidecar.RequestsAsync())["a"].Label.ShouldBe(1u);
        (await scene.Sidecar.QueueAsync()).Leased.ShouldBe(1u);
    }

    [Fact]
    public async Task What_the_queue_refuses_is_not_sent_again_and_keeps_nothing_back()
    {
        await using var scene = await BridgeScene.StartAsync();
        await scene.Sidecar.RequestAsync("a", "b");
        await scene.StartBridgeAsync();
        await scene.PassAsync();
        await scene.Sidecar.Labels.ForgetAsync(new ForgetRequest { Model = "m", Version = "1", PredictionIds = { "a" } });
        await scene.Studio.AnnotateAsync(scene.Studio.TaskOf("a"), "1");
        await scene.Studio.AnnotateAsync(scene.Studio.TaskOf("b"), "1");
        (await scene.PassAsync()).ShouldBeTrue();
        (await scene.PassAsync()).ShouldBeTrue();

        (await scene.Sidecar.RequestsAsync())["b"].Label.ShouldBe(1u);
        scene.Counters.Refused.ShouldBe(1);
    }
}
