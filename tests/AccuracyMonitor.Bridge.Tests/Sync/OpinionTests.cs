using AccuracyMonitor.Bridge.Tests.Support;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Bridge.Tests.Sync;

/// <summary>Several annotations of one task.</summary>
public sealed class OpinionTests
{
    [Fact]
    public async Task Annotations_of_others_become_opinions_once_and_agreement_is_computed_from_them()
    {
        await using var scene = await BridgeScene.StartAsync(["--Labelling:SecondOpinionShare=1"]);
        await scene.Sidecar.RequestAsync("agreed", "disputed");
        await scene.StartBridgeAsync();
        await scene.PassAsync();
        await AnnotateAsync(scene, "agreed", ("1", 1), ("1", 2));
        await AnnotateAsync(scene, "disputed", ("0", 1), ("0", 1), ("2", 2));

        await scene.PassAsync();
        await scene.SweepAsync();

        (scene.Counters.Labels, scene.Counters.Opinions).ShouldBe((2, 2));
        var quality = await QualityAsync(scene);
        (quality.Doubles, quality.DrawnDoubles, quality.Agreement, quality.NotBlind).ShouldBe((2u, 2u, 0.5, 0.0));
        (await scene.Sidecar.QueueAsync()).OpinionsWanted.ShouldBe(1u, "a third is asked about the disputed one");
        (await scene.Sidecar.RequestsAsync())["disputed"].Label.ShouldBe(0u, "the first stays the label");
    }

    [Fact]
    public async Task Opinions_about_requests_that_were_not_drawn_say_nothing_of_label_errors()
    {
        await using var scene = await BridgeScene.StartAsync(["--Labelling:SecondOpinionShare=0"]);
        await scene.Sidecar.RequestAsync("a");
        await scene.StartBridgeAsync();
        await scene.PassAsync();
        await AnnotateAsync(scene, "a", ("1", 1), ("1", 2));

        await scene.PassAsync();

        var quality = await QualityAsync(scene);
        (quality.Doubles, quality.DrawnDoubles, quality.Agreement, quality.HasLabelError).ShouldBe((1u, 0u, 1.0, false));
    }

    [Fact]
    public async Task An_opinion_follows_its_annotation_and_never_takes_the_label_with_it()
    {
        await using var scene = await BridgeScene.StartAsync(["--Labelling:SecondOpinionShare=1"]);
        await scene.Sidecar.RequestAsync("a");
        await scene.StartBridgeAsync();
        await scene.PassAsync();
        await AnnotateAsync(scene, "a", ("1", 1));
        var second = await scene.Studio.AnnotateAsync(scene.Studio.TaskOf("a"), "1", user: 2);
        await scene.PassAsync();
        await scene.Studio.ChangeAsync(scene.Studio.TaskOf("a"), second, x => x.Choice = "2");
        await scene.PassAsync();
        (await QualityAsync(scene)).Agreement.ShouldBe(0);

        // As if the bridge had died between the acknowledgement and its journal: what is taken back already is taken back again.
        var item = scene.Journal.Find(new("m", "1", "a"))!;
        var sent = scene.Journal.Opinions(item.Id).ShouldHaveSingleItem();
        await scene.Studio.DeleteAnnotationAsync(scene.Studio.TaskOf("a"), second);
        await scene.SweepAsync();
        scene.Journal.SetOpinion(sent.Key, item.Id, sent.Value);
        await scene.SweepAsync();

        (await QualityAsync(scene)).Doubles.ShouldBe(0u);
        scene.Counters.OpinionsRetracted.ShouldBe(1);
        var request = (await scene.Sidecar.RequestsAsync())["a"];
        (request.State, request.Label, request.Annotator).ShouldBe((RequestState.Answered, 1u, "ann@example.org"));
    }

    [Fact]
    public async Task A_bridge_that_is_killed_before_its_journal_gives_no_opinion_twice()
    {
        await using var scene = await BridgeScene.StartAsync(["--Labelling:SecondOpinionShare=1"]);
        await scene.Sidecar.RequestAsync("a");
        await scene.StartBridgeAsync();
        await scene.PassAsync();
        await AnnotateAsync(scene, "a", ("1", 1), ("2", 2));
        await scene.PassAsync();
        var item = scene.Journal.Find(new("m", "1", "a"))!;
        scene.Journal.RemoveOpinion(scene.Journal.Opinions(item.Id).Single().Key);
        await scene.StopBridgeAsync();

        await scene.StartBridgeAsync();
        await scene.PassAsync();

        scene.Counters.Opinions.ShouldBe(0, "the queue had it already");
        (await QualityAsync(scene)).Doubles.ShouldBe(1u);
    }

    private static async Task AnnotateAsync(BridgeScene scene, string prediction, params (string Choice, int User)[] annotations)
    {
        foreach (var (choice, user) in annotations)
        {
            scene.Time.Advance(TimeSpan.FromSeconds(1));
            await scene.Studio.AnnotateAsync(scene.Studio.TaskOf(prediction), choice, user);
        }
    }

    private static async Task<GetLabelQualityResponse> QualityAsync(BridgeScene scene) =>
        await new EstimateService.EstimateServiceClient(scene.Sidecar.Channel).GetLabelQualityAsync(
            new GetLabelQualityRequest { Model = "m", Version = "1" }, cancellationToken: TestContext.Current.CancellationToken);
}
