using System.Globalization;
using AccuracyMonitor.Client;

namespace AccuracyMonitor.Image.Tests;

/// <summary>The sidecar's image at work, under the restrictions of <see cref="SidecarContainer"/>.</summary>
public sealed class SidecarRunTests
{
    private const int Predictions = 50;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_scores_with_a_read_only_root_no_capabilities_and_little_memory_and_ends_at_SIGTERM()
    {
        await using var container = await SidecarContainer.StartAsync(Images.Name("sidecar"), Cancel);
        await ObserveAsync(container);

        var status = await File.ReadAllLinesAsync($"/proc/{await container.InspectAsync("{{.State.Pid}}", Cancel)}/status", Cancel);
        Field("Uid").ShouldBe("1654 1654 1654 1654");
        Field("CapEff").ShouldBe("0000000000000000");
        Field("CapBnd").ShouldBe("0000000000000000");
        Field("NoNewPrivs").ShouldBe("1");
        (await container.InspectAsync("{{.HostConfig.Memory}} {{.HostConfig.ReadonlyRootfs}}", Cancel)).ShouldBe($"{256 << 20} true");
        (await File.ReadAllTextAsync(await MemoryLimitAsync(container), Cancel)).Trim().ShouldBe((256 << 20).ToString(CultureInfo.InvariantCulture));

        (await container.LogsAsync(Cancel)).Split('\n')
            .Where(l => l.Contains(" warn: ", StringComparison.Ordinal) || l.Contains(" fail: ", StringComparison.Ordinal)).ShouldBeEmpty();

        // The process is number 1 of its container, where the kernel delivers no signal that is not handled.
        (await Engine.PodmanAsync(["stop", "--time", "30", container.Id], Cancel)).Succeeded("podman stop");
        (await container.InspectAsync("{{.State.ExitCode}}", Cancel))
            .ShouldBe("0", "killed after 30 s, it would say 137 and have lost what it had not flushed");

        string Field(string name) => string.Join(
            ' ', status.Single(l => l.StartsWith($"{name}:", StringComparison.Ordinal)).Split(['\t', ' '], StringSplitOptions.RemoveEmptyEntries)[1..]);
    }

    [Fact]
    public async Task Asked_to_train_without_libtorch_it_says_what_is_missing_and_serves()
    {
        await using var container = await SidecarContainer.StartAsync(Images.Name("sidecar"), Cancel, "--env", "ACCURACY_MONITOR_Training__Mode=InProcess");
        await SidecarContainer.EventuallyAsync(
            async () => (await container.LogsAsync(Cancel)).Contains("Training is not available: libtorch could not be loaded.", StringComparison.Ordinal),
            "a clear message at start", Cancel);
        await ObserveAsync(container);
    }

    [Fact]
    public async Task The_trainer_loads_libtorch()
    {
        Assert.SkipUnless(Images.WithTrainer, $"The trainer's image is large: set {Images.TrainerVariable}=1 to build and run it.");
        await using var container = await SidecarContainer.StartAsync(Images.Name("trainer"), Cancel);
        await ObserveAsync(container);
        var maps = $"/proc/{await container.InspectAsync("{{.State.Pid}}", Cancel)}/maps";
        await SidecarContainer.EventuallyAsync(
            async () => (await File.ReadAllTextAsync(maps, Cancel)).Contains("/app/libtorch_cpu.so", StringComparison.Ordinal), "libtorch is loaded", Cancel);
        (await container.LogsAsync(Cancel)).ShouldNotContain("Training is not available");
    }

    [Fact]
    public async Task A_setting_out_of_range_ends_it_with_status_64_and_the_bound()
    {
        var run = await Engine.PodmanAsync(
            ["run", "--rm", .. SidecarContainer.Restrictions, "--env", "ACCURACY_MONITOR_Sampling__Budget=7", Images.Name("sidecar")], Cancel);
        run.Status.ShouldBe(64);
        run.Both.ShouldContain("Invalid configuration: Sampling:Budget is '7'");
    }

    private static async Task ObserveAsync(SidecarContainer container)
    {
        await using (var client = MonitorClient.Connect(new MonitorClientOptions
        {
            Address = $"http://127.0.0.1:{container.GrpcPort}",
            Model = "m",
            Version = "1",
            ClassCount = SmallMonitor.Classes,
        }))
        {
            float[] row = [0.91f, .. Enumerable.Repeat(0.01f, SmallMonitor.Classes - 1)];
            for (var i = 0; i < Predictions; i++)
            {
                client.Observe(row, $"p{i}");
            }

            await SidecarContainer.EventuallyAsync(
                () => Task.FromResult(client.Counters.Accepted == Predictions), "the sidecar takes every prediction", Cancel);
        }

        (await SidecarContainer.MetricAsync(container.HttpPort, "accuracy_monitor_predictions_total", Cancel)).ShouldBe(Predictions);
    }

    /// <summary>The control group's own file: of version 1 or 2, whichever this host has.</summary>
    private static async Task<string> MemoryLimitAsync(SidecarContainer container)
    {
        var groups = await File.ReadAllLinesAsync($"/proc/{await container.InspectAsync("{{.State.Pid}}", Cancel)}/cgroup", Cancel);
        var memory = groups.Select(g => g.Split(':', 3)).FirstOrDefault(g => g[1] == "memory");
        return memory is null
            ? $"/sys/fs/cgroup{groups.Select(g => g.Split(':', 3)).Single(g => g[0] == "0")[2]}/memory.max"
            : $"/sys/fs/cgroup/memory{memory[2]}/memory.limit_in_bytes";
    }
}
