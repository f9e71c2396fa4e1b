using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.V1;
using Google.Rpc;
using Grpc.Core;

namespace AccuracyMonitor.Sidecar.Tests.Robustness;

public sealed class OverloadTests
{
    [Fact]
    public async Task Overload_is_shed_at_once_counted_and_forgotten()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var sidecar = await TestSidecar.StartAsync("--Intake:MaxQueuedValues=20000", "--Scoring:MicroBatchRows=1");
        var rows = Batches.Softmax(1000, 20, 1);
        var calls = Enumerable.Range(0, 200).Select(async i =>
        {
            try
            {
                await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = Batches.Of(rows, Batches.Ids($"o{i}", 1000)) }, cancellationToken: cancel);
                return (Accepted: 1, Shed: 0);
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.ResourceExhausted)
            {
                e.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason.ShouldBe("QUEUE_FULL");
                e.GetRpcStatus()!.GetDetail<RetryInfo>().ShouldNotBeNull();
                return (Accepted: 0, Shed: 1);
            }
        });

        var outcomes = await Task.WhenAll(calls);

        var (accepted, shed) = (outcomes.Sum(o => o.Accepted), outcomes.Sum(o => o.Shed));
        shed.ShouldBeGreaterThan(0);
        accepted.ShouldBeGreaterThan(0);
        (await sidecar.MetricAsync("accuracy_monitor_predictions_total{model=\"m\",version=\"1\"}")).ShouldBe(accepted * 1000);
        (await sidecar.MetricAsync("accuracy_monitor_dropped_total{reason=\"queue_full\"}")).ShouldBe(shed * 1000);
        (await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = Batches.Of(rows, Batches.Ids("after", 1000)) }, cancellationToken: cancel))
            .Accepted.ShouldBe(1000u);
    }
}
