using AccuracyMonitor.Benchmarks.Harm;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Storage;
using AccuracyMonitor.V1;
using Microsoft.Extensions.DependencyInjection;

namespace AccuracyMonitor.Sidecar.Tests.Robustness;

public sealed class DamageTests
{
    [Fact]
    public async Task A_damaged_database_is_set_aside_whole_and_the_sidecar_starts_fresh()
    {
        var folder = Directory.CreateTempSubdirectory("am-damage-").FullName;
        var garbage = new byte[8192];
        new Random(5).NextBytes(garbage);
        await File.WriteAllBytesAsync(Path.Combine(folder, "am.db"), garbage);

        await using (var sidecar = await TestSidecar.StartInAsync(folder, "--Sampling:Budget=1"))
        {
            var aside = sidecar.Services.GetRequiredService<MonitorStore>().Quarantined.ShouldNotBeNull();
            (await File.ReadAllBytesAsync(aside)).ShouldBe(garbage);
            var response = await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = Batches.Of([[0.9f, 0.1f]], ["a"]) });
            response.Items[0].LabelRequested.ShouldBeTrue();
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_full_disk_withdraws_requests_and_counts_them_while_predictions_go_on()
    {
        var mount = await TinyDisk.MountAsync(megabytes: 2);
        Assert.SkipWhen(mount is null, "a tmpfs can't be mounted here (needs root)");
        await using var disk = mount;
        await using var sidecar = await TestSidecar.StartAsync(
            "--Sampling:Budget=1", "--Sampling:Policy=Uniform", "--Sampling:MaxRequestsPerHour=10000000", $"--Storage:Path={Path.Combine(disk.Path, "am.db")}");
        ulong sent = 0;
        ulong withdrawn = 0;
        for (var i = 0; withdrawn == 0; i++)
        {
            i.ShouldBeLessThan(200, "the disk fills up");
            var response =
                await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = Batches.Of(Batches.Softmax(200, 50, i), Batches.Ids($"f{i}", 200)) });
            response.Accepted.ShouldBe(200u, "a full disk is no reason to refuse predictions");
            sent += 200;
            withdrawn += (ulong)response.Items.Count(item => !item.LabelRequested);
        }

        (await sidecar.MetricAsync("accuracy_monitor_dropped_total{reason=\"storage_full\"}"))!.Value.ShouldBe(withdrawn);
        var estimate = (await sidecar.Estimates.GetEstimateAsync(new GetEstimateRequest { Model = "m", Version = "1" })).Estimate;
        estimate.Predictions.ShouldBe(sent);
        estimate.Unanswered.ShouldBe(withdrawn);
        var leased = await sidecar.Labels.GetQueueAsync(new GetQueueRequest());
        leased.State.Waiting.ShouldBe((uint)(sent - withdrawn), "what was acknowledged is still there, and readable");
    }
}
