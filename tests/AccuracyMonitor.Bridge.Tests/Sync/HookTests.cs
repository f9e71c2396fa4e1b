using System.Net;
using System.Text.Json.Nodes;
using AccuracyMonitor.Bridge.Tests.Support;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Bridge.Tests.Sync;

public sealed class HookTests
{
    [Fact]
    public async Task A_webhook_is_made_with_a_secret_and_what_it_names_is_read_at_once()
    {
        await using var scene = await StartAsync();
        await scene.Sidecar.RequestAsync("a");
        await scene.PassAsync();
        var hook = scene.Studio.Hooks.All.ShouldHaveSingleItem();
        ((string?)hook["url"]).ShouldEndWith("/webhook");

        var annotation = await scene.Studio.AnnotateAsync(scene.Studio.Tasks[0], "1");
        await scene.PassAsync(TimeSpan.FromSeconds(1));
        (await scene.Sidecar.RequestsAsync())["a"].Label.ShouldBe(1u);

        await scene.Studio.DeleteAnnotationAsync(scene.Studio.Tasks[0], annotation);
        await scene.PassAsync(TimeSpan.FromSeconds(1));
        (await scene.Sidecar.RequestsAsync())["a"].State.ShouldBe(RequestState.Retracted, "the event has the annotation's id only");

        await scene.Studio.DeleteTaskAsync(scene.Studio.Tasks[0]);
        await scene.PassAsync(TimeSpan.FromSeconds(1));
        (await scene.Sidecar.RequestsAsync())["a"].State.ShouldBe(RequestState.Skipped);
        scene.Studio.Hooks.Answers.ShouldAllBe(a => a == 204);
    }

    [Fact]
    public async Task A_call_without_the_secret_is_refused_and_a_lost_one_is_made_up_by_the_poll()
    {
        await using var scene = await StartAsync();
        await scene.Sidecar.RequestAsync("a");
        await scene.PassAsync();
        scene.Studio.Hooks.ForgedSecret = "guessed";

        await scene.Studio.AnnotateAsync(scene.Studio.Tasks[0], "1");
        scene.Studio.Hooks.Answers.ShouldBe([403]);
        scene.Counters.Hints.ShouldBe(0);
        await scene.PassAsync();

        (await scene.Sidecar.RequestsAsync())["a"].Label.ShouldBe(1u);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(400)]
    [InlineData(500)]
    public async Task A_task_that_cannot_be_read_once_keeps_nothing_back_and_skips_nothing(int status)
    {
        await using var scene = await StartAsync();
        await scene.Sidecar.RequestAsync("a", "b");
        await scene.PassAsync();
        var hidden = scene.Studio.TaskOf("a").Id;
        scene.Studio.Hides = id => id == hidden ? status : null;

        await scene.Studio.AnnotateAsync(scene.Studio.TaskOf("a"), "1");
        await scene.Studio.AnnotateAsync(scene.Studio.TaskOf("b"), "1");
        await scene.PassAsync(TimeSpan.FromSeconds(1));
        await scene.PassAsync(TimeSpan.FromMinutes(3));

        var requests = await scene.Sidecar.RequestsAsync();
        (requests["a"].State, requests["b"].State).ShouldBe((RequestState.Answered, RequestState.Answered), "the list has it all the same");
    }

    [Fact]
    public async Task A_webhook_that_was_switched_off_after_failures_is_armed_again()
    {
        await using var scene = await StartAsync();
        await scene.Sidecar.RequestAsync("a");
        await scene.PassAsync();
        scene.Studio.Hooks.ForgedSecret = "guessed";
        for (var i = 0; i < 50; i++)
        {
            await scene.Studio.ChangeAsync(scene.Studio.Tasks[0], new FakeAnnotation { Id = 1, User = 1, Created = default }, _ => { });
        }

        ((bool?)scene.Studio.Hooks.All[0]["is_active"]).ShouldBe(false);
        scene.Studio.Hooks.ForgedSecret = null;
        await scene.SweepAsync();

        ((bool?)scene.Studio.Hooks.All.ShouldHaveSingleItem()["is_active"]).ShouldBe(true);
        scene.Counters.HooksRearmed.ShouldBe(1);
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("[1, {}]")]
    [InlineData("{\"annotation\":[null,{\"id\":\"x\",\"task\":{}}],\"tasks\":7}")]
    [InlineData("{\"tasks\":[{\"id\":1e300},{\"id\":-5}]}")]
    public async Task Whatever_a_body_holds_is_taken_and_harms_nothing(string body)
    {
        await using var scene = await StartAsync();
        await scene.Sidecar.RequestAsync("a");
        await scene.PassAsync();
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, (string)scene.Studio.Hooks.All[0]["url"]!) { Content = new StringContent(body) };
        foreach (var (name, value) in scene.Studio.Hooks.All[0]["headers"]!.AsObject())
        {
            request.Headers.Add(name, (string)value!);
        }

        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await scene.PassAsync(TimeSpan.FromSeconds(1))).ShouldBeTrue();
    }

    private static async Task<BridgeScene> StartAsync()
    {
        var scene = await BridgeScene.StartAsync();
        var port = Ports.Free();
        await scene.StartBridgeAsync($"--Listen:Port={port}", $"--Listen:PublicUrl=http://127.0.0.1:{port}/");
        return scene;
    }
}
