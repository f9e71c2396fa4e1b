using System.Text.Json.Nodes;
using AccuracyMonitor.Bridge.LabelStudio;
using AccuracyMonitor.Bridge.Tests.Support;
using AccuracyMonitor.Bridge.Tools;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Bridge.Tests.Sync;

public sealed class ProjectTests
{
    private static readonly ClassNames Classes = ClassNames.Of(["cat", "dog", "owl"], out _)!;

    [Fact]
    public async Task A_project_that_shows_predictions_is_refused_or_adjusted_when_that_is_allowed()
    {
        await using var scene = await BridgeScene.StartAsync();
        await scene.Sidecar.RequestAsync("a");
        var id = scene.Studio.AddProject(new JsonObject
        {
            ["title"] = "theirs",
            ["label_config"] = LabellingConfig.Create(ContentKind.Image, Classes),
            ["show_collab_predictions"] = true,
        });
        await scene.StartBridgeAsync($"--LabelStudio:Project={id}");
        (await scene.PassAsync()).ShouldBeFalse();
        scene.Studio.Tasks.ShouldBeEmpty();
        (await scene.Sidecar.QueueAsync()).Leased.ShouldBe(0u);
        await scene.StopBridgeAsync();

        await scene.StartBridgeAsync($"--LabelStudio:Project={id}", "--LabelStudio:AdjustProject=true");
        (await scene.PassAsync()).ShouldBeTrue();

        ((bool?)scene.Studio.Projects[id]["show_collab_predictions"]).ShouldBe(false);
        scene.Studio.Tasks.ShouldHaveSingleItem().Project.ShouldBe(id);
    }

    [Fact]
    public async Task A_project_that_the_bridge_creates_shows_no_predictions()
    {
        await using var scene = await BridgeScene.StartAsync();
        await scene.StartBridgeAsync();
        (await scene.PassAsync()).ShouldBeTrue();

        var project = scene.Studio.Projects.Single().Value;
        ((bool?)project["show_collab_predictions"]).ShouldBe(false);
        ((bool?)project["reveal_preannotations_interactively"]).ShouldBe(false);
    }

    [Fact]
    public async Task Without_a_file_the_class_names_are_the_sidecars_and_answers_say_which_version()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, """{"classes": ["lynx", "dog", "owl"]}""", TestContext.Current.CancellationToken);
        await using var scene = await BridgeScene.StartAsync([$"--Labelling:Classes:m={file}"]);
        await scene.Sidecar.RequestAsync("a");
        await scene.StartBridgeAsync("--Bridge:ClassesFile=");
        (await scene.PassAsync()).ShouldBeTrue();
        ((string?)scene.Studio.Projects.Single().Value["label_config"])!.ShouldContain("lynx");
        await scene.Studio.AnnotateAsync(scene.Studio.Tasks[0], "lynx");
        (await scene.PassAsync()).ShouldBeTrue();
        (await scene.Sidecar.RequestsAsync())["a"].Label.ShouldBe(0u);
        var version = (await scene.Sidecar.Labels.GetClassesAsync(new GetClassesRequest { Model = "m" })).Version;
        await scene.StopBridgeAsync();
        await scene.Sidecar.StopAsync();

        (await scene.Sidecar.HistoryAsync("a")).Single().Conditions.ClassNamesVersion.ShouldBe(version);
    }

    [Fact]
    public async Task Without_a_file_and_without_names_in_the_sidecar_nothing_is_leased()
    {
        await using var scene = await BridgeScene.StartAsync();
        await scene.Sidecar.RequestAsync("a");
        await scene.StartBridgeAsync("--Bridge:ClassesFile=");

        (await scene.PassAsync()).ShouldBeFalse();

        (await scene.Sidecar.QueueAsync()).Leased.ShouldBe(0u);
        scene.Studio.Projects.ShouldBeEmpty();
    }

    [Fact]
    public async Task Choices_that_come_from_the_task_are_sent_with_it()
    {
        await using var scene = await BridgeScene.StartAsync();
        await scene.Sidecar.RequestAsync("a");
        var id = scene.Studio.AddProject(new JsonObject
        {
            ["title"] = "theirs",
            ["label_config"] = "<View><Image name=\"input\" value=\"$input\"/><Choices name=\"label\" toName=\"input\" value=\"$options\"/></View>",
        });
        await scene.StartBridgeAsync($"--LabelStudio:Project={id}");

        (await scene.PassAsync()).ShouldBeTrue();

        scene.Studio.Tasks.ShouldHaveSingleItem().Data["options"]!.AsArray().Select(o => ((string?)o!["value"], (string?)o["alias"]))
            .ShouldBe([("cat", "0"), ("dog", "1"), ("owl", "2")]);
    }

    [Fact]
    public async Task Class_names_that_are_too_few_for_the_model_are_refused()
    {
        await using var scene = await BridgeScene.StartAsync();
        await scene.Sidecar.RequestAsync("a");
        await File.WriteAllLinesAsync(Path.Combine(scene.Folder, "classes.txt"), ["cat", "dog"], TestContext.Current.CancellationToken);
        await scene.StartBridgeAsync();

        (await scene.PassAsync()).ShouldBeFalse();

        scene.Studio.Projects.ShouldBeEmpty();
    }

    [Fact]
    public async Task Class_names_in_another_order_than_those_of_the_journal_are_refused()
    {
        await using var scene = await BridgeScene.StartAsync();
        await scene.StartBridgeAsync();
        (await scene.PassAsync()).ShouldBeTrue();
        await scene.StopBridgeAsync();
        await File.WriteAllLinesAsync(Path.Combine(scene.Folder, "classes.txt"), ["dog", "cat", "owl"], TestContext.Current.CancellationToken);
        await scene.StartBridgeAsync();

        (await scene.PassAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task A_project_that_was_made_before_is_found_again_and_one_that_is_gone_is_not_made_anew()
    {
        await using var scene = await BridgeScene.StartAsync();
        await scene.StartBridgeAsync();
        (await scene.PassAsync()).ShouldBeTrue();
        await scene.StopBridgeAsync();
        await scene.StartBridgeAsync();
        (await scene.PassAsync()).ShouldBeTrue();
        scene.Studio.Projects.Count.ShouldBe(1);
        await scene.StopBridgeAsync();

        await scene.StartBridgeAsync("--LabelStudio:Project=4711");
        (await scene.PassAsync()).ShouldBeFalse();
    }
}
