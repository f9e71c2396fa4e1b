using AccuracyMonitor.Bridge.Tests.Support;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Bridge.Tests.Sync;

/// <summary>What annotators do in a labelling tool, as it arrives at the sidecar: in Label Studio, and in one in memory that is another implementation of the
/// bridge's interface.</summary>
public sealed class AnswerTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Requests_become_blind_tasks_and_answers_labels_with_annotator_and_times(bool inMemory)
    {
        await using var scene = await BridgeScene.StartAsync(inMemory: inMemory);
        await scene.Sidecar.RequestAsync("a", "b/ü", "c", "d");
        await scene.StartBridgeAsync();

        (await scene.PassAsync()).ShouldBeTrue();

        scene.Tool.Tasks.Count.ShouldBe(4);
        scene.Tool.Tasks.ShouldAllBe(t => t.Data.Select(f => f.Key).Order().SequenceEqual(new[] { "input", "model", "prediction_id", "version" }));
        ((string?)scene.Tool.TaskOf("b/ü").Data["input"]).ShouldBe("https://store.example/b%2F%C3%BC.png");
        (await scene.Sidecar.QueueAsync()).Leased.ShouldBe(4u);

        var answered = scene.Time.GetUtcNow();
        await scene.Tool.AnnotateAsync(scene.Tool.TaskOf("a"), "1");
        await scene.Tool.AnnotateAsync(scene.Tool.TaskOf("b/ü"), "owl", user: 2);
        await scene.Tool.AnnotateAsync(scene.Tool.TaskOf("c"), null, skipReason: "unreadable");
        await scene.Tool.AnnotateAsync(scene.Tool.TaskOf("d"), null, cancelled: true);
        (await scene.PassAsync()).ShouldBeTrue();

        var requests = await scene.Sidecar.RequestsAsync();
        (requests["a"].State, requests["a"].Label, requests["a"].Annotator).ShouldBe((RequestState.Answered, 1u, "ann@example.org"));
        (requests["b/ü"].State, requests["b/ü"].Label, requests["b/ü"].Annotator).ShouldBe((RequestState.Answered, 2u, "bob@example.org"));
        (requests["c"].State, requests["c"].SkipReason).ShouldBe((RequestState.Skipped, "unreadable"));
        (requests["d"].State, requests["d"].SkipReason).ShouldBe((RequestState.Skipped, "skipped without a reason"));
        await scene.Sidecar.StopAsync();
        var entry = (await scene.Sidecar.HistoryAsync("a")).ShouldHaveSingleItem();
        entry.Conditions.Tool.ShouldBe(scene.Tool.Name);
        entry.Conditions.Revealed.ShouldBe(false);
        entry.Conditions.AnsweredAt!.Value.ShouldBe(answered, TimeSpan.FromMilliseconds(1));
        (entry.Conditions.AnsweredAt - entry.Conditions.ShownAt).ShouldBe(TimeSpan.FromSeconds(3.5));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Answers_that_change_or_are_taken_back_do_so_in_the_queue(bool inMemory)
    {
        await using var scene = await BridgeScene.StartAsync(inMemory: inMemory);
        await scene.Sidecar.RequestAsync("changed", "cancelled", "deleted");
        await scene.StartBridgeAsync();
        await scene.PassAsync();
        var (changed, cancelled, deleted) = (scene.Tool.TaskOf("changed"), scene.Tool.TaskOf("cancelled"), scene.Tool.TaskOf("deleted"));
        var a = await scene.Tool.AnnotateAsync(changed, "0");
        var b = await scene.Tool.AnnotateAsync(cancelled, "0");
        var c = await scene.Tool.AnnotateAsync(deleted, "0");
        await scene.PassAsync();

        await scene.Tool.ChangeAsync(changed, a, x => x.Choice = "2");
        await scene.Tool.ChangeAsync(cancelled, b, x => x.Cancelled = true);
        await scene.Tool.DeleteAnnotationAsync(deleted, c);
        await scene.SweepAsync();

        var requests = await scene.Sidecar.RequestsAsync();
        (requests["changed"].State, requests["changed"].Label).ShouldBe((RequestState.Answered, 2u));
        requests["cancelled"].State.ShouldBe(RequestState.Skipped);
        requests["deleted"].State.ShouldBe(RequestState.Retracted);
        scene.Counters.Retracted.ShouldBe(2);

        await scene.Tool.AnnotateAsync(deleted, "1");
        await scene.PassAsync();
        (await scene.Sidecar.RequestsAsync())["deleted"].Label.ShouldBe(1u);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_first_of_several_annotations_is_the_label_and_those_of_others_are_opinions(bool inMemory)
    {
        await using var scene = await BridgeScene.StartAsync(inMemory: inMemory);
        await scene.Sidecar.RequestAsync("a");
        await scene.StartBridgeAsync();
        await scene.PassAsync();
        var first = await scene.Tool.AnnotateAsync(scene.Tool.Tasks[0], "0");
        scene.Time.Advance(TimeSpan.FromSeconds(1));
        await scene.Tool.AnnotateAsync(scene.Tool.Tasks[0], "2", user: 2);
        await scene.PassAsync();
        await scene.PassAsync();

        var request = (await scene.Sidecar.RequestsAsync())["a"];
        (request.Label, request.Annotator).ShouldBe((0u, "ann@example.org"));
        (scene.Counters.Labels, scene.Counters.Opinions, scene.Counters.SecondAnswers).ShouldBe((1, 1, 0));

        await scene.Tool.DeleteAnnotationAsync(scene.Tool.Tasks[0], first);
        await scene.SweepAsync();
        request = (await scene.Sidecar.RequestsAsync())["a"];
        (request.Label, request.Annotator).ShouldBe((2u, "bob@example.org"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_annotation_without_a_usable_choice_waits_and_keeps_no_other_back(bool inMemory)
    {
        await using var scene = await BridgeScene.StartAsync(inMemory: inMemory);
        await scene.Sidecar.RequestAsync("empty", "unknown", "good");
        await scene.StartBridgeAsync();
        await scene.PassAsync();
        await scene.Tool.AnnotateAsync(scene.Tool.TaskOf("empty"), null);
        await scene.Tool.AnnotateAsync(scene.Tool.TaskOf("unknown"), "cow");
        await scene.Tool.AnnotateAsync(scene.Tool.TaskOf("good"), "0");
        await scene.PassAsync();
        await scene.PassAsync();

        (await scene.Sidecar.QueueAsync()).Answered.ShouldBe(1u);
        (scene.Counters.Unusable, scene.Counters.Labels).ShouldBe((2, 1));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_task_that_is_deleted_skips_its_request_and_leaves_a_label_alone(bool inMemory)
    {
        await using var scene = await BridgeScene.StartAsync(inMemory: inMemory);
        await scene.Sidecar.RequestAsync("open", "done");
        await scene.StartBridgeAsync();
        await scene.PassAsync();
        await scene.Tool.AnnotateAsync(scene.Tool.TaskOf("done"), "0");
        await scene.PassAsync();

        await scene.Tool.DeleteTaskAsync(scene.Tool.TaskOf("open"));
        await scene.Tool.DeleteTaskAsync(scene.Tool.TaskOf("done"));
        await scene.SweepAsync();
        await scene.PassAsync();

        var requests = await scene.Sidecar.RequestsAsync();
        (requests["open"].State, requests["done"].State).ShouldBe((RequestState.Skipped, RequestState.Answered));
        requests["open"].SkipReason.ShouldBe("its task was deleted in the labelling tool");
        scene.Tool.Tasks.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_task_goes_when_its_request_was_answered_elsewhere_and_stays_when_it_has_an_annotation(bool inMemory)
    {
        await using var scene = await BridgeScene.StartAsync(inMemory: inMemory);
        await scene.Sidecar.RequestAsync("a", "b", "c");
        await scene.StartBridgeAsync();
        await scene.PassAsync();
        await scene.Sidecar.Labels.CompleteAsync(new CompleteRequest
        {
            Answers =
            {
                new Answer { Model = "m", Version = "1", PredictionId = "a", Label = 0, Annotator = "page" },
                new Answer { Model = "m", Version = "1", PredictionId = "b", Label = 0, Annotator = "page" },
            },
        });

        // The renewal of its lease says it; an annotation that comes at the same time is no label any more.
        scene.Time.Advance(TimeSpan.FromMinutes(30));
        scene.Tool.Down = true;
        await scene.PassAsync();
        scene.Tool.Down = false;
        await scene.Tool.AnnotateAsync(scene.Tool.TaskOf("b"), "2");
        (await scene.PassAsync(TimeSpan.FromMinutes(5))).ShouldBeTrue();

        scene.Tool.Tasks.Select(t => t.PredictionId).Order().ShouldBe(["b", "c"]);
        (await scene.Sidecar.RequestsAsync())["b"].Label.ShouldBe(0u);
        (scene.Counters.Withdrawn, scene.Counters.SecondAnswers, scene.Counters.Opinions).ShouldBe((1, 0, 1), "the annotation is an opinion beside the label");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_label_that_somebody_else_gave_is_neither_replaced_nor_taken_back(bool inMemory)
    {
        await using var scene = await BridgeScene.StartAsync(inMemory: inMemory);
        await scene.Sidecar.RequestAsync("first", "corrected", "changed", "skipped");
        await scene.StartBridgeAsync();
        await scene.PassAsync();
        var corrected = await scene.Tool.AnnotateAsync(scene.Tool.TaskOf("corrected"), "1");
        var changed = await scene.Tool.AnnotateAsync(scene.Tool.TaskOf("changed"), "1");
        var skipped = await scene.Tool.AnnotateAsync(scene.Tool.TaskOf("skipped"), "1");
        await scene.PassAsync();
        await scene.Sidecar.Labels.CompleteAsync(new CompleteRequest
        {
            Answers =
            {
                scene.Tool.Tasks.Select(t => new Answer { Model = "m", Version = "1", PredictionId = t.PredictionId, Label = 0, Annotator = "page" }),
            },
        });

        // Before the renewal of its lease says that the request was answered.
        await scene.Tool.AnnotateAsync(scene.Tool.TaskOf("first"), "2");
        await scene.Tool.DeleteAnnotationAsync(scene.Tool.TaskOf("corrected"), corrected);
        await scene.Tool.ChangeAsync(scene.Tool.TaskOf("changed"), changed, a => a.Choice = "2");
        await scene.Tool.ChangeAsync(scene.Tool.TaskOf("skipped"), skipped, a => a.Cancelled = true);
        await scene.SweepAsync();
        await scene.SweepAsync();

        (await scene.Sidecar.RequestsAsync()).Values.ShouldAllBe(r => r.State == RequestState.Answered && r.Label == 0 && r.Annotator == "page");
        (scene.Counters.Opinions, scene.Counters.SecondAnswers).ShouldBe((1, 1), "who gave the label before gives no opinion about the one that replaced it");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_label_whose_acknowledgement_was_lost_is_still_the_bridges_own(bool inMemory)
    {
        await using var scene = await BridgeScene.StartAsync(inMemory: inMemory);
        await scene.Sidecar.RequestAsync("a");
        await scene.StartBridgeAsync();
        await scene.PassAsync();
        var annotation = await scene.Tool.AnnotateAsync(scene.Tool.Tasks[0], "2");
        await scene.Sidecar.Labels.CompleteAsync(
            new CompleteRequest { Answers = { new Answer { Model = "m", Version = "1", PredictionId = "a", Label = 2, Annotator = "ann@example.org" } } });

        // The renewal of the lease says that somebody answered, before the annotation is read.
        scene.Time.Advance(TimeSpan.FromMinutes(30));
        scene.Tool.Down = true;
        await scene.PassAsync();
        scene.Tool.Down = false;
        await scene.PassAsync(TimeSpan.FromMinutes(5));
        await scene.Tool.ChangeAsync(scene.Tool.Tasks[0], annotation, a => a.Choice = "1");
        await scene.PassAsync();

        (await scene.Sidecar.RequestsAsync())["a"].Label.ShouldBe(1u);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_old_annotation_that_changes_after_its_request_was_forgotten_is_left_alone(bool inMemory)
    {
        await using var scene = await BridgeScene.StartAsync(inMemory: inMemory);
        await scene.Sidecar.RequestAsync("a");
        await scene.StartBridgeAsync("--Bridge:ForgetAfter=1.00:00:00");
        await scene.PassAsync();
        var annotation = await scene.Tool.AnnotateAsync(scene.Tool.Tasks[0], "0");
        await scene.PassAsync();
        await scene.PassAsync(TimeSpan.FromDays(2));
        await scene.Tool.ChangeAsync(scene.Tool.Tasks[0], annotation, a => a.Choice = "2");
        await scene.PassAsync();

        (await scene.Sidecar.RequestsAsync())["a"].Label.ShouldBe(0u);
        scene.Journal.FindByTask($"{scene.Tool.Tasks[0].Id}").ShouldBeNull();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_expired_request_takes_its_task_with_it_unless_it_is_answered(bool inMemory)
    {
        await using var scene = await BridgeScene.StartAsync(["--Labelling:RequestLifetime=2s"], inMemory);
        await scene.Sidecar.RequestAsync("late", "never");
        await scene.StartBridgeAsync();
        await scene.PassAsync(TimeSpan.Zero);
        scene.Tool.Tasks.Count.ShouldBe(2);
        var end = (await scene.Sidecar.RequestsAsync()).Values.Max(r => r.Expires.ToDateTimeOffset());
        await Eventually.TrueAsync(() => Task.FromResult(DateTimeOffset.UtcNow > end), "both requests end");

        await scene.Tool.AnnotateAsync(scene.Tool.TaskOf("late"), "1");
        await scene.PassAsync();

        scene.Tool.Tasks.ShouldHaveSingleItem().PredictionId.ShouldBe("late");
        (await scene.Sidecar.RequestsAsync())["late"].Label.ShouldBe(1u);
        scene.Counters.Withdrawn.ShouldBe(1);
        await Eventually.TrueAsync(async () => (await scene.Sidecar.QueueAsync()).Expired == 1, "its lease is let go, so the other expires");
    }
}
