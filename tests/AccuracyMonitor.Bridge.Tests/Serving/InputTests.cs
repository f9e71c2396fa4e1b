using System.Net;
using AccuracyMonitor.Bridge.Journal;
using AccuracyMonitor.Bridge.Tests.Support;
using AccuracyMonitor.V1;
using Google.Protobuf;

namespace AccuracyMonitor.Bridge.Tests.Serving;

public sealed class InputTests
{
    private static readonly byte[] Png = [0x89, 0x50, 0x4e, 0x47, 1, 2, 3];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stored_input_is_shown_at_an_address_that_is_signed_and_ends()
    {
        await using var scene = await StartAsync();
        await scene.Sidecar.RequestAsync("a", "b");
        await AttachAsync(scene, "a", "image/png");
        await AttachAsync(scene, "b", "image/png");
        await scene.PassAsync();
        var address = new Uri((string)scene.Studio.TaskOf("a").Data["input"]!);
        var other = new Uri((string)scene.Studio.TaskOf("b").Data["input"]!);
        using var http = new HttpClient();

        using var shown = await http.GetAsync(address, Cancel);
        (await shown.Content.ReadAsByteArrayAsync(Cancel)).ShouldBe(Png);
        shown.Content.Headers.ContentType!.MediaType.ShouldBe("image/png");
        shown.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe([scene.Studio.Url]);
        shown.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        using var head = await http.SendAsync(new HttpRequestMessage(HttpMethod.Head, address), Cancel);
        (head.StatusCode, head.Content.Headers.ContentLength).ShouldBe((HttpStatusCode.OK, Png.Length));

        await ShouldBeForbiddenAsync(new UriBuilder(address) { Query = other.Query }.Uri);
        await ShouldBeForbiddenAsync(new Uri($"{address}0"));
        await ShouldBeForbiddenAsync(new Uri(address.ToString().Replace("exp=", "exp=9", StringComparison.Ordinal)));
        await ShouldBeForbiddenAsync(new UriBuilder(address) { Query = "" }.Uri);
        await ShouldBeForbiddenAsync(new UriBuilder(address) { Path = "/inputs/999" }.Uri);
        scene.Time.Advance(TimeSpan.FromDays(91));
        await ShouldBeForbiddenAsync(address);

        async Task ShouldBeForbiddenAsync(Uri uri)
        {
            using var response = await http.GetAsync(uri, Cancel);
            response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        }
    }

    [Fact]
    public async Task A_request_without_an_input_is_held_until_one_is_attached()
    {
        await using var scene = await StartAsync();
        await scene.Sidecar.RequestAsync("late", "tensor", "never");
        await scene.PassAsync();
        scene.Journal.Count(ItemState.Held).ShouldBe(3);
        scene.Studio.Tasks.ShouldBeEmpty();

        await AttachAsync(scene, "late", "image/png");
        await AttachAsync(scene, "tensor", "application/x-npy");
        await scene.PassAsync();

        scene.Studio.Tasks.ShouldHaveSingleItem().PredictionId.ShouldBe("late");
        (await scene.Sidecar.QueueAsync()).Leased.ShouldBe(2u, "what this bridge cannot show is left to others");
        (await scene.Sidecar.QueueAsync()).Skipped.ShouldBe(0u);
    }

    [Fact]
    public async Task Requests_that_cannot_be_shown_are_left_to_other_tools_and_take_no_room()
    {
        await using var scene = await StartAsync("--Bridge:MaxTasks=2");
        string[] tensors = ["t1", "t2", "t3"];
        await scene.Sidecar.RequestAsync([.. tensors, "picture", "n1", "n2", "n3"]);
        foreach (var tensor in tensors)
        {
            await AttachAsync(scene, tensor, "application/x-npy");
        }

        await AttachAsync(scene, "picture", "image/png");
        await scene.PassAsync();

        scene.Studio.Tasks.ShouldHaveSingleItem().PredictionId.ShouldBe("picture");
        scene.Journal.Count(ItemState.Held).ShouldBe(2, "of those without any input, as many as tasks");
        var queue = await scene.Sidecar.QueueAsync();
        (queue.Leased, queue.Waiting).ShouldBe((3u, 4u));
    }

    [Fact]
    public async Task An_input_reference_is_shown_as_it_is_and_one_that_no_browser_loads_is_not()
    {
        await using var scene = await StartAsync();
        await scene.Sidecar.RequestAsync(["a", "b", "c"], "https://store.example/a.png?x=1", "s3://bucket/b.png", "javascript:alert(1)");
        await scene.PassAsync();

        scene.Studio.Tasks.Select(t => (string?)t.Data["input"]).ShouldBe(["https://store.example/a.png?x=1", "s3://bucket/b.png"]);
        scene.Journal.Count(ItemState.Held).ShouldBe(1);
    }

    private static async Task<BridgeScene> StartAsync(params string[] settings)
    {
        var scene = await BridgeScene.StartAsync();
        var port = Ports.Free();
        await scene.StartBridgeAsync([$"--Listen:Port={port}", $"--Listen:PublicUrl=http://127.0.0.1:{port}", "--Inputs:Template=", .. settings]);
        return scene;
    }

    private static async Task AttachAsync(BridgeScene scene, string prediction, string contentType)
    {
        var request = new AttachInputRequest
        {
            Model = "m",
            Version = "1",
            PredictionId = prediction,
            ContentType = contentType,
            Content = ByteString.CopyFrom(Png),
        };
        (await scene.Sidecar.Labels.AttachInputAsync(request, cancellationToken: Cancel)).Outcome.Code.ShouldBe(OutcomeCode.Ok);
    }
}
