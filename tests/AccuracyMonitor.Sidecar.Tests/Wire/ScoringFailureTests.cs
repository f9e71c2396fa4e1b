using AccuracyMonitor.Core;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Sidecar.Intake;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.V1;
using Google.Rpc;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace AccuracyMonitor.Sidecar.Tests.Wire;

/// <summary>A monitor that fails: both calls say INTERNAL with the reason SCORING_FAILED, and nothing of the cause.</summary>
public sealed class ScoringFailureTests
{
    [Fact]
    public async Task Score_says_INTERNAL_with_a_reason_and_without_the_cause()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var sidecar = await StartAsync();

        var failed = await Should.ThrowAsync<RpcException>(async () =>
            await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = Batches.Of([[0.9f, 0.1f]]) }, cancellationToken: cancel));

        failed.StatusCode.ShouldBe(StatusCode.Internal);
        failed.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason.ShouldBe("SCORING_FAILED");
        failed.Status.Detail.ShouldNotContain(BrokenScorer.Secret);
    }

    [Fact]
    public async Task Observe_says_the_same_and_the_stream_goes_on()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var sidecar = await StartAsync();
        using var call = sidecar.Predictions.Observe(cancellationToken: cancel);
        await call.RequestStream.WriteAsync(new ObserveRequest { Sequence = 1, Batch = Batches.Of([[0.9f, 0.1f]]) }, cancel);
        await call.RequestStream.WriteAsync(new ObserveRequest { Sequence = 2, Batch = Batches.Of([[0.9f, 0.1f]], version: "sound") }, cancel);
        await call.RequestStream.CompleteAsync();

        var responses = await call.ResponseStream.ReadAllAsync(cancel).ToListAsync(cancel);

        responses[0].Error.Code.ShouldBe((int)Code.Internal);
        responses[0].Error.Reason.ShouldBe("SCORING_FAILED");
        responses[0].Error.Message.ShouldNotContain(BrokenScorer.Secret);
        responses[1].Accepted.ShouldBe(1u);
    }

    private static async Task<TestSidecar> StartAsync()
    {
        var sidecar = await TestSidecar.StartAsync("--Logging:LogLevel:Default=None");
        await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = Batches.Of([[0.5f, 0.5f]]) });
        sidecar.Services.GetRequiredService<ModelRegistry>().TryGet(new ModelKey("m", "1"), out var model).ShouldBeTrue();
        using var broken = MonitorLease.OfCreator(model.Monitor with { Scorer = new SharedScorer(new BrokenScorer()) });
        model.Adopt(broken);
        return sidecar;
    }

    private sealed class BrokenScorer : IMonitorScorer
    {
        public const string Secret = "/var/lib/secret.onnx";

        public string Version => "broken";

        public string Kind => "ensemble";

        public int? ClassCount => null;

        public int? Largest => null;

        public MonitorMetadata? Metadata => null;

        public void Score(ReadOnlySpan<float> probabilities, int count, int classes, Span<float> logits, Span<float> disagreements) =>
            throw new InvalidOperationException($"Node 3 of {Secret} failed.");

        public void ScoreLargest(ReadOnlySpan<float> largest, int count, int width, Span<float> logits, Span<float> disagreements) =>
            throw new InvalidOperationException($"Node 3 of {Secret} failed.");

        public void Dispose()
        {
        }
    }
}
