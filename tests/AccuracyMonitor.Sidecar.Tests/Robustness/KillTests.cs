using System.Globalization;
using AccuracyMonitor.Core;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Storage;
using AccuracyMonitor.Tests.ModelServers;
using AccuracyMonitor.V1;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccuracyMonitor.Sidecar.Tests.Robustness;

/// <summary>kill -9 of the whole sidecar at random moments, under traffic and labelling, on one database all along.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private static readonly int Kills =
        int.TryParse(Environment.GetEnvironmentVariable("ACCURACY_MONITOR_KILLS"), CultureInfo.InvariantCulture, out var n) ? n : 8;

    private readonly Dictionary<string, uint> _labels = new(StringComparer.Ordinal);
    private readonly HashSet<string> _requests = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    private int Acknowledged
    {
        get
        {
            lock (_gate)
            {
                return _requests.Count;
            }
        }
    }

    [Fact]
    public async Task What_was_acknowledged_before_a_kill_is_there_once_after_it()
    {
        var folder = Directory.CreateTempSubdirectory("am-kill-").FullName;
        var random = new Random(20261124);
        for (var life = 0; life < Kills; life++)
        {
            await using var sidecar = SidecarProcess.Start(folder, "--Sampling:Budget=0.3", "--Sampling:MaxRequestsPerHour=10000000");
            await sidecar.ReadyAsync();
            using var end = new CancellationTokenSource();
            var traffic = Task.WhenAll(TrafficAsync(sidecar, life, end.Token), LabelAsync(sidecar, random.Next(), end.Token));

            // After a random number of acknowledgements, however slow the machine is.
            var least = Acknowledged + random.Next(1, 400);
            await Eventually.TrueAsync(() => Task.FromResult(Acknowledged >= least), "requests are acknowledged");
            sidecar.Kill();
            await end.CancelAsync();
            await traffic;
            await sidecar.ExitedAsync();
        }

        var (lost, doubled) = await CompareAsync(Path.Combine(folder, "am.db"));
        output.WriteLine($"{Kills} kills; {_requests.Count} label requests and {_labels.Count} labels acknowledged; {lost} lost, {doubled} doubled");
        _requests.Count.ShouldBeGreaterThan(Kills);
        _labels.Count.ShouldBeGreaterThan(0);
        (lost, doubled).ShouldBe((0, 0));

        await using (var again = SidecarProcess.Start(folder, "--Sampling:Budget=0.3"))
        {
            await again.ReadyAsync();
            var estimate = (await new EstimateService.EstimateServiceClient(again.Channel).GetEstimateAsync(
                new GetEstimateRequest { Model = "m", Version = "1", Window = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(TimeSpan.FromHours(1)) }))
                    .Estimate;
            estimate.Labels.ShouldBeGreaterThanOrEqualTo((ulong)_labels.Count, "an answer on its way when the kill came may be in as well");
            estimate.Predictions.ShouldBeGreaterThanOrEqualTo((ulong)_requests.Count, "a request is stored with the sums that count its prediction");
        }

        Directory.Delete(folder, recursive: true);
    }

    private async Task TrafficAsync(SidecarProcess sidecar, int life, CancellationToken end)
    {
        var client = new PredictionService.PredictionServiceClient(sidecar.Channel);
        for (var batch = 0; !end.IsCancellationRequested; batch++)
        {
            try
            {
                var response = await client.ScoreAsync(
                    new ScoreRequest { Batch = Batches.Of(Batches.Softmax(50, 4, batch), Batches.Ids($"k{life}-{batch}", 50)) }, cancellationToken: end);
                lock (_gate)
                {
                    _requests.UnionWith(response.Items.Where(i => i.LabelRequested).Select(i => i.Id));
                }
            }
            catch (RpcException)
            {
                return;
            }
        }
    }

    private async Task LabelAsync(SidecarProcess sidecar, int seed, CancellationToken end)
    {
        var client = new LabelService.LabelServiceClient(sidecar.Channel);
        var random = new Random(seed);
        while (!end.IsCancellationRequested)
        {
            try
            {
                var leased = await client.LeaseAsync(new LeaseRequest { MaxItems = 20 }, cancellationToken: end);
                var answers = leased.Items.Select(i => new Answer { LeaseId = i.LeaseId, Label = (uint)random.Next(4) }).ToList();
                if (answers.Count == 0)
                {
                    await Task.Delay(5, end);
                    continue;
                }

                var done = await client.CompleteAsync(new CompleteRequest { Answers = { answers } }, cancellationToken: end);
                for (var i = 0; i < answers.Count; i++)
                {
                    done.Outcomes[i].Code.ShouldBe(OutcomeCode.Ok);
                    _labels[leased.Items[i].PredictionId] = answers[i].Label;
                }
            }
            catch (Exception e) when (e is RpcException or OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task<(int Lost, int Doubled)> CompareAsync(string database)
    {
        await using var store = await MonitorStore.OpenAsync(new StoreOptions { Path = database }, TimeProvider.System, NullLogger.Instance);
        store.Quarantined.ShouldBeNull();
        var (lost, doubled) = (0, 0);
        foreach (var id in _requests)
        {
            lost += await store.FindAsync(new ModelKey("m", "1"), id) is null ? 1 : 0;
        }

        foreach (var (id, label) in _labels)
        {
            var history = await store.LabelHistoryAsync(new ModelKey("m", "1"), id);
            lost += history.Count == 0 || history[^1].Label != (int)label ? 1 : 0;
            doubled += history.Count > 1 ? 1 : 0;
        }

        return (lost, doubled);
    }
}
