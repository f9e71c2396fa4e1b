using AccuracyMonitor.Sidecar.Tests.Labelling;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Health.V1;

namespace AccuracyMonitor.Sidecar.Tests.Wire;

public sealed class EstimateServiceTests
{
    [Fact]
    public async Task Few_predictions_or_labels_give_a_state_and_no_number()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var sidecar =
            await TestSidecar.StartAsync("--Sampling:Budget=1", "--Sampling:Policy=Uniform", "--Estimation:MinSamples=20", "--Estimation:MinLabels=5");
        await LabelServiceTests.SendAsync(sidecar, 10);

        var few = (await sidecar.Estimates.GetEstimateAsync(new GetEstimateRequest { Model = "m", Version = "1" }, cancellationToken: cancel)).Estimate;

        few.Estimates.ShouldAllBe(e => e.State != EstimateState.Ok && !e.HasValue && !e.HasLower && !e.HasUpper);
        few.Estimates.Single(e => e.Kind == EstimateKind.Audited).State.ShouldBeOneOf(EstimateState.InsufficientLabels, EstimateState.InsufficientSamples);
        (await sidecar.ScrapeAsync()).ShouldNotContain("NaN");
    }

    [Fact]
    public async Task Windows_segments_and_watchers_are_served()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var sidecar = await TestSidecar.StartAsync("--Estimation:Windows:0=10s", "--Estimation:Windows:1=1h");
        await sidecar.Predictions.ScoreAsync(
            new ScoreRequest { Batch = Batches.Of(Batches.Softmax(100, 4, 1), segment: "eu") }, cancellationToken: cancel);

        using var watch = sidecar.Estimates.WatchEstimates(new WatchEstimatesRequest { Model = "m" }, cancellationToken: cancel);
        IReadOnlyList<WindowEstimate> seen = [];
        while (seen.Count < 4 && await watch.ResponseStream.MoveNext(cancel))
        {
            seen = watch.ResponseStream.Current.Estimates;
        }

        seen.Select(e => (e.Segment, e.Window.Seconds)).ShouldBe([("", 10L), ("", 3600L), ("eu", 10L), ("eu", 3600L)], ignoreOrder: true);
        seen.ShouldAllBe(e => e.Predictions == 100);
        var error = await Should.ThrowAsync<RpcException>(async () => await sidecar.Estimates.GetEstimateAsync(
            new GetEstimateRequest { Model = "m", Version = "1", Window = Duration.FromTimeSpan(TimeSpan.FromMinutes(5)) }));
        error.StatusCode.ShouldBe(StatusCode.InvalidArgument);
        error = await Should.ThrowAsync<RpcException>(
            async () => await sidecar.Estimates.GetEstimateAsync(new GetEstimateRequest { Model = "x", Version = "1" }));
        error.StatusCode.ShouldBe(StatusCode.NotFound);
    }

    [Fact]
    public async Task Reflection_can_be_switched_off()
    {
        await using var sidecar = await TestSidecar.StartAsync("--Listen:Reflection=false");
        using var reflection = new Grpc.Reflection.V1Alpha.ServerReflection.ServerReflectionClient(sidecar.Channel).ServerReflectionInfo();

        var error = await Should.ThrowAsync<RpcException>(async () => await reflection.ResponseStream.MoveNext(CancellationToken.None));

        error.StatusCode.ShouldBe(StatusCode.Unimplemented);
    }

    [Fact]
    public async Task Health_reflection_and_pages_answer()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var sidecar = await TestSidecar.StartAsync();
        var health = new Health.HealthClient(sidecar.Channel);

        (await health.CheckAsync(new HealthCheckRequest(), cancellationToken: cancel)).Status.ShouldBe(HealthCheckResponse.Types.ServingStatus.Serving);
        foreach (var service in (string[])["PredictionService", "LabelService", "EstimateService", "MonitorService"])
        {
            (await health.CheckAsync(new HealthCheckRequest { Service = $"accuracy_monitor.v1.{service}" }, cancellationToken: cancel)).Status
                .ShouldBe(HealthCheckResponse.Types.ServingStatus.Serving);
        }
        var unknown = await Should.ThrowAsync<RpcException>(async () => await health.CheckAsync(new HealthCheckRequest { Service = "nobody" }));
        unknown.StatusCode.ShouldBe(StatusCode.NotFound);
        using (var reflection =
            new Grpc.Reflection.V1Alpha.ServerReflection.ServerReflectionClient(sidecar.Channel).ServerReflectionInfo(cancellationToken: cancel))
        {
            await reflection.RequestStream.WriteAsync(new Grpc.Reflection.V1Alpha.ServerReflectionRequest { ListServices = "" }, cancel);
            (await reflection.ResponseStream.MoveNext(cancel)).ShouldBeTrue();
            reflection.ResponseStream.Current.ListServicesResponse.Service.Select(s => s.Name).ShouldContain("accuracy_monitor.v1.PredictionService");
        }

        using var http = new HttpClient();
        (await http.GetStringAsync(new Uri($"{sidecar.HttpAddress}/healthz"), cancel)).ShouldStartWith("Healthy\nscoring: up\n");
        (await http.GetStringAsync(new Uri($"{sidecar.HttpAddress}/readyz"), cancel)).ShouldStartWith("Healthy\n");
        (await http.GetStringAsync(new Uri($"{sidecar.HttpAddress}/estimates"), cancel)).ShouldContain("{");
    }
}
