using System.Text.Json.Nodes;
using AccuracyMonitor.Sidecar.Composition;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Tests.Robustness;

/// <summary>What a container in somebody else's pod needs.</summary>
public sealed class SharedPodTests
{
    [Fact]
    public async Task The_socket_has_the_permissions_asked_for()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such permissions");
        var folder = Directory.CreateTempSubdirectory("am-shared-").FullName;
        await using (var sidecar = SidecarProcess.Start(folder, "--Listen:SocketMode=0666"))
        {
            await sidecar.ReadyAsync();
#pragma warning disable CA1416 // Skipped on Windows.
            File.GetUnixFileMode(Path.Combine(folder, "am.sock")).ShouldBe((UnixFileMode)Convert.ToInt32("666", 8));
#pragma warning restore CA1416
        }

        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_monitor_file_that_is_not_required_does_not_stop_the_start(bool damaged)
    {
        var file = Path.GetTempFileName();
        if (!damaged)
        {
            File.Delete(file);
        }

        await using var sidecar = await TestSidecar.StartAsync($"--Monitor:Artifact={file}", "--Monitor:Required=false");
        var response = await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = Batches.Of([[0.9f, 0.1f]], ["a"]) });

        response.Items[0].CorrectnessScore.ShouldBe(0.9f, 1e-6f, "the maximum softmax");
        File.Delete(file);
    }

    /// <summary>A setting that is none would stop the sidecar, and a pod with a container that keeps failing is not served.</summary>
    [Fact]
    public void Every_setting_that_the_injector_gives_is_one()
    {
        var folder = Path.Combine(Repository.Root, "tests", "AccuracyMonitor.Injector.Tests", "Golden");
        var checkedSidecars = 0;
        foreach (var file in Directory.GetFiles(folder, "*.out.json"))
        {
            var sidecar = JsonNode.Parse(File.ReadAllText(file))!["patch"]!.AsArray()
                .SelectMany(o => o!["value"] is JsonArray list ? list : [o["value"]?.DeepClone()])
                    .FirstOrDefault(v => v is JsonObject container && container["securityContext"] is not null);
            if (sidecar is null)
            {
                continue;
            }

            var settings = sidecar["env"]!.AsArray().Select(e => ((string)e!["name"]!, (string)e["value"]!))
                .Where(e => e.Item1.StartsWith(SidecarApplication.EnvironmentPrefix, StringComparison.Ordinal))
                .Select(e => $"--{e.Item1[SidecarApplication.EnvironmentPrefix.Length..].Replace("__", ":", StringComparison.Ordinal)}={e.Item2}").ToArray();
            settings.ShouldContain(file.Contains("of-the-operator", StringComparison.Ordinal) ? "--Listen:Address=0.0.0.0" : "--Listen:Address=::");
            using var app = (IDisposable)SidecarApplication.Build(settings);
            ((WebApplication)app).Services.GetRequiredService<IStartupValidator>().Validate();
            checkedSidecars++;
        }

        checkedSidecars.ShouldBeGreaterThan(15);
    }

    [Fact]
    public async Task A_missing_monitor_file_stops_the_start_otherwise()
    {
        var thrown = await Should.ThrowAsync<OptionsValidationException>(() => TestSidecar.StartAsync("--Monitor:Artifact=/nowhere.onnx"));

        thrown.Failures.ShouldBe(["Monitor:Artifact is '/nowhere.onnx'; there is no such file."]);
    }
}
