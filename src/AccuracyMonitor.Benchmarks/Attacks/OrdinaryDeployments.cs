using System.Globalization;
using AccuracyMonitor.V1;
using Grpc.Core;

namespace AccuracyMonitor.Benchmarks.Attacks;

/// <summary>More than a year of weekly releases without a restart: no attack, and each version that the cap allows must be watched.</summary>
internal static class OrdinaryDeployments
{
    /// <summary>As many as Intake:MaxModels allows beside the model that is watched, and one more.</summary>
    private const int Deployments = 64;

    public static readonly Attack Attack = new(
        "deployments", $"{Deployments} versions of one model after each other, 10 classes, 1,000 predictions each", RunAsync);

    private static async Task<string> RunAsync(AttackedSidecar sidecar, CancellationToken cancel)
    {
        var refused = 0;
        for (var version = 0; version < Deployments && sidecar.IsAlive; version++)
        {
            var batch = BenchSidecar.Message((ulong)version, BenchLoad.Softmax(10, 1000, version), 10).Batch;
            batch.Version = version.ToString(CultureInfo.InvariantCulture);
            try
            {
                await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = batch }, deadline: AttackedSidecar.Deadline(20), cancellationToken: cancel);
            }
            catch (RpcException)
            {
                refused++;
            }
        }

        var again = BenchSidecar.Message(1000, BenchLoad.Softmax(10, 1000, 0), 10).Batch;
        again.Version = "0";
        var back = await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = again }, deadline: AttackedSidecar.Deadline(20), cancellationToken: cancel);
        var estimates = await new EstimateService.EstimateServiceClient(sidecar.Channel).GetEstimateAsync(
            new GetEstimateRequest { Model = "bench", Version = "0" }, cancellationToken: cancel);
        return $"{Deployments - refused} versions accepted, {refused} refused; "
            + $"the first one takes {back.Accepted} more, {estimates.Estimate.Predictions} in its windows";
    }
}
