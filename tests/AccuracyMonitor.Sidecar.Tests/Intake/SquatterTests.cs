using System.Security.Cryptography;
using System.Text;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Sidecar.Tests.Sinks;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Tests.ModelServers;
using AccuracyMonitor.V1;
using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;

namespace AccuracyMonitor.Sidecar.Tests.Intake;

/// <summary>Attacks by a caller who reports an id, a class count or an event before the owner does.</summary>
public sealed class SquatterTests : IDisposable
{
    private static readonly string[] LabelAll = ["--Sampling:Budget=1", "--Sampling:Policy=Uniform"];

    private readonly string _folder = Directory.CreateTempSubdirectory("am-squat-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_id_that_a_squatter_reported_first_is_still_the_owners()
    {
        var database = Directory.CreateDirectory(Path.Combine(_folder, "db")).FullName;
        string[] settings =
        [
            .. LabelAll, "--Access:Grants:0=token:shop=observe,label@m", "--Access:Grants:1=token:evil=observe", "--Access:Grants:2=token:ann=label",
        ];
        await using (var sidecar = await StartAsync(database, settings))
        {
            using var channels = new Channels(sidecar);
            (await ScoreAsync(channels.Shop, "mine", top: 0)).Status.ShouldBe(ItemStatus.Accepted);

            var squatted = await ScoreAsync(channels.Evil, "order-1", top: 3);
            var owned = await ScoreAsync(channels.Shop, "order-1", top: 0);
            (squatted.Status, squatted.Id, squatted.LabelRequested).ShouldBe((ItemStatus.Accepted, "order-1", true));
            (owned.Status, owned.Id, owned.LabelRequested).ShouldBe((ItemStatus.Accepted, "order-1", true));
            (await ScoreAsync(channels.Shop, "order-1", top: 0)).Status.ShouldBe(ItemStatus.Duplicate);
            (await AttachAsync(channels.Shop, "order-1", "the owner's")).Code.ShouldBe(OutcomeCode.Ok);

            (await LabelAsync(channels.Shop, "order-1", 0)).PredictionId.ShouldBe("token:shop␟order-1");
            var unclear = await LabelAsync(channels.Annotator, "order-1", 1);
            (unclear.Code, unclear.Reason).ShouldBe((
                OutcomeCode.Invalid, "2 callers have reported a prediction 'order-1' of m:1; name one of 'token:evil␟order-1', 'token:shop␟order-1'"));
            (await LabelAsync(channels.Annotator, "token:evil␟order-1", 1)).Code.ShouldBe(OutcomeCode.Ok);

            var input = await new LabelService.LabelServiceClient(channels.Annotator).GetInputAsync(
                new GetInputRequest { Model = "m", Version = "1", PredictionId = "token:shop␟order-1" }, cancellationToken: Cancel);
            input.Content.ToStringUtf8().ShouldBe("the owner's");
        }

        await using (var restarted = await StartAsync(database, settings))
        {
            using var channels = new Channels(restarted);
            (await ScoreAsync(channels.Shop, "order-1", top: 0)).Status.ShouldBe(ItemStatus.Duplicate, "a replay after the start");
            var requests = (await restarted.Labels.ListRequestsAsync(new ListRequestsRequest { Model = "m" }, cancellationToken: Cancel)).Requests;
            requests.Where(static r => r.HasLabel).Select(static r => (r.PredictionId, r.Label)).ShouldBe(
                [("token:shop␟order-1", 0u), ("token:evil␟order-1", 1u)], ignoreOrder: true);
        }
    }

    [Fact]
    public async Task An_id_cannot_be_made_to_look_like_anothers()
    {
        await using var sidecar = await StartAsync(_folder, [.. LabelAll, "--Access:Grants:0=token:evil=observe"]);
        using var channels = new Channels(sidecar);

        var item = await ScoreAsync(channels.Evil, "token:shop␟order-1", top: 0);

        (item.Status, item.Reason).ShouldBe((ItemStatus.IdTooLong, "id has the character ␟ (U+241F), which stands between a caller and his ids."));
    }

    [Fact]
    public async Task The_class_count_of_a_model_that_a_grant_names_is_its_owners_whoever_comes_first()
    {
        await using var sidecar = await StartAsync(_folder, "--Access:Grants:0=token:shop=observe@m", "--Access:Grants:1=token:evil=observe");
        using var channels = new Channels(sidecar);

        (await ReasonAsync(channels.Evil, classes: 7)).ShouldBe("VERSION_NOT_OPEN");
        (await ReasonAsync(channels.Shop, classes: 4)).ShouldBe("OK");
        (await ReasonAsync(channels.Evil, classes: 7)).ShouldBe("CLASS_COUNT_MISMATCH");
        (await ReasonAsync(channels.Evil, classes: 4)).ShouldBe("OK", "a gateway may report for every model");
        (await ReasonAsync(channels.Evil, classes: 7, model: "nobodys")).ShouldBe("OK");
        var local = await sidecar.Predictions.ScoreAsync(
            new ScoreRequest { Batch = Batches.Of(Batches.Softmax(1, 5, 1), version: "local") }, cancellationToken: Cancel);
        local.Accepted.ShouldBe(1u);
    }

    [Fact]
    public async Task An_event_that_a_squatter_sent_first_is_no_redelivery_when_the_owner_sends_it()
    {
        await using var sidecar = await StartAsync(_folder,
            "--Sink:Port=0", "--Sink:Address=0.0.0.0", "--Access:Grants:0=token:shop=observe", "--Access:Grants:1=token:evil=observe");
        var metrics = new AwaitedMetrics(sidecar);

        await SendAsync(sidecar, "evil");
        await metrics.UntilAsync("""predictions_total{model="m",version="1"}""", 2);
        await SendAsync(sidecar, "shop");
        await metrics.UntilAsync("""predictions_total{model="m",version="1"}""", 4);
        await SendAsync(sidecar, "shop");
        await metrics.UntilAsync("""sink_events_total{outcome="duplicate"}""", 1);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<TestSidecar> StartAsync(string database, params string[] settings)
    {
        var tokens = Path.Combine(_folder, "tokens");
        File.WriteAllLines(tokens, ((string[])["shop", "evil", "ann"]).Select(static name => $"{name} {Hash(name)}"));
        return TestSidecar.StartInAsync(database, ["--Listen:GrpcAddress=0.0.0.0", "--Listen:GrpcPort=0", $"--Access:TokenFile={tokens}", .. settings]);
    }

    private static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    private static async Task<ItemResult> ScoreAsync(GrpcChannel channel, string id, int top)
    {
        var row = new float[4];
        Array.Fill(row, 0.1f);
        row[top] = 0.7f;
        var response = await new PredictionService.PredictionServiceClient(channel).ScoreAsync(
            new ScoreRequest { Batch = Batches.Of([row], [id]) }, cancellationToken: Cancel);
        return response.Items.Single();
    }

    private static async Task<string> ReasonAsync(GrpcChannel channel, int classes, string model = "m")
    {
        try
        {
            await new PredictionService.PredictionServiceClient(channel).ScoreAsync(
                new ScoreRequest { Batch = Batches.Of(Batches.Softmax(1, classes, 1), model: model) }, cancellationToken: Cancel);
            return "OK";
        }
        catch (RpcException e)
        {
            return e.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason;
        }
    }

    private static async Task<ItemOutcome> AttachAsync(GrpcChannel channel, string id, string text) => (await new LabelService.LabelServiceClient(channel)
        .AttachInputAsync(
            new AttachInputRequest { Model = "m", Version = "1", PredictionId = id, ContentType = "text/plain", Content = ByteString.CopyFromUtf8(text) },
            cancellationToken: Cancel)).Outcome;

    private static async Task<ItemOutcome> LabelAsync(GrpcChannel channel, string id, uint label) => (await new LabelService.LabelServiceClient(channel)
        .CompleteAsync(
            new CompleteRequest { Answers = { new Answer { Model = "m", Version = "1", PredictionId = id, Label = label } } },
            cancellationToken: Cancel)).Outcomes.Single();

    private static async Task SendAsync(TestSidecar sidecar, string token)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, sidecar.SinkAddress) { Content = new ByteArrayContent(Answers.Rest()) };
        request.Headers.Add("Authorization", $"Bearer {token}");
        (string, string)[] attributes = [("ce-specversion", "1.0"), ("ce-id", "call-1"), ("ce-type", SinkClient.Response), ("ce-source", "x")];
        foreach (var (name, value) in attributes)
        {
            request.Headers.Add(name, value);
        }

        using var response = await http.SendAsync(request, Cancel);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Of callers with a token each, from beyond this machine.</summary>
    private sealed class Channels(TestSidecar sidecar) : IDisposable
    {
        public GrpcChannel Shop { get; } = Open(sidecar, "shop");

        public GrpcChannel Evil { get; } = Open(sidecar, "evil");

        public GrpcChannel Annotator { get; } = Open(sidecar, "ann");

        public void Dispose()
        {
            Shop.Dispose();
            Evil.Dispose();
            Annotator.Dispose();
        }

        private static GrpcChannel Open(TestSidecar sidecar, string token)
        {
            var port = new Uri(sidecar.Services.GetRequiredService<Listeners>().Addresses.Last(static a => a.Use == ListenerUse.Grpc).Address).Port;
            var http = new HttpClient { DefaultRequestHeaders = { { "Authorization", $"Bearer {token}" } } };
            return GrpcChannel.ForAddress($"http://127.0.0.1:{port}", new GrpcChannelOptions { HttpClient = http, DisposeHttpClient = true });
        }
    }
}
