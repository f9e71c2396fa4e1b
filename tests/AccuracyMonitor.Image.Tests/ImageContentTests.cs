using System.Text.Json;

namespace AccuracyMonitor.Image.Tests;

/// <summary>What is in the images, and what they say of themselves.</summary>
public sealed class ImageContentTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sidecar", "AccuracyMonitor.Sidecar")]
    [InlineData("injector", "AccuracyMonitor.Injector")]
    [InlineData("demo", "AccuracyMonitor.Demo")]
    public async Task An_image_runs_its_program_as_a_user_who_is_not_root_and_says_what_it_is(string target, string program)
    {
        var (config, _) = await InspectAsync(target);
        config.GetProperty("User").GetString().ShouldBe("1654:1654");
        config.GetProperty("Entrypoint").EnumerateArray().Select(e => e.GetString()).ShouldBe([$"/app/{program}"]);
        config.TryGetProperty("Healthcheck", out var _).ShouldBeFalse("probes are the orchestrator's");

        var labels = config.GetProperty("Labels");
        Label("version").ShouldBe(Images.Version);
        Label("revision").ShouldBe(Images.Revision);
        Label("licenses").ShouldBe("Apache-2.0");
        Label("title").ShouldNotBeNullOrEmpty();
        Label("description").ShouldNotBeNullOrEmpty();

        string? Label(string name) => labels.GetProperty($"org.opencontainers.image.{name}").GetString();
    }

    [Fact]
    public async Task The_sidecar_writes_to_two_volumes_that_are_its_user_s_and_of_group_0()
    {
        var (config, files) = await InspectAsync("sidecar");
        config.GetProperty("Volumes").EnumerateObject().Select(v => v.Name)
            .ShouldBe(["/var/lib/accuracy-monitor", "/var/run/accuracy-monitor"], ignoreOrder: true);
        foreach (var folder in (string[])["var/lib/accuracy-monitor", "var/run/accuracy-monitor"])
        {
            var owner = await Command.RunAsync("stat", ["--format", "%u:%g %a", Path.Combine(files, folder)], cancel: Cancel);

            // OpenShift runs the image as any user of group 0.
            owner.Succeeded("stat").ShouldBe("1654:0 775");
        }
    }

    [Fact]
    public async Task The_injector_runs_with_nothing_writable_and_says_how_it_is_used()
    {
        var help = await Engine.PodmanAsync(
            ["run", "--rm", .. SidecarContainer.Restrictions, "--env", "DOTNET_EnableDiagnostics=0", Images.Name("injector"), "--help"], Cancel);
        help.Succeeded("The injector's --help").ShouldContain("ACCURACY_MONITOR_INJECTOR_");
    }

    [Theory]
    [InlineData("sidecar", "app/libonnxruntime.so")]
    [InlineData("injector", "app/KubernetesClient.dll")]
    [InlineData("demo", "app/libonnxruntime.so")]
    public async Task There_is_no_shell_no_libtorch_and_nothing_of_another_platform(string target, string needed)
    {
        var (_, files) = await InspectAsync(target);
        string[] shells = ["sh", "bash", "dash", "busybox"];
        string[] names =
            [.. Directory.EnumerateFiles(files, "*", new EnumerationOptions { RecurseSubdirectories = true }).Select(f => f[(files.Length + 1)..])];
        names.ShouldContain("licenses/LICENSE");
        names.ShouldContain(needed);
        names.ShouldNotContain(f => shells.Contains(Path.GetFileName(f)));
        names.ShouldNotContain(f => f.Contains("torch", StringComparison.OrdinalIgnoreCase));
        names.ShouldNotContain(f => Path.GetFileName(f) == "onnxruntime.dll");
        (await File.ReadAllTextAsync(Directory.GetFiles(Path.Combine(files, "app"), "*.deps.json").Single(), Cancel))
            .ShouldNotContain("torch", Case.Insensitive, "scanners read it");
    }

    private static async Task<(JsonElement Config, string Files)> InspectAsync(string target)
    {
        var inspected = (await Engine.PodmanAsync(["image", "inspect", Images.Name(target)], Cancel)).Succeeded("podman image inspect");
        var mounted = (await Engine.PodmanAsync(["image", "mount", Images.Name(target)], Cancel)).Succeeded("podman image mount");
        return (JsonDocument.Parse(inspected).RootElement[0].GetProperty("Config"), mounted);
    }
}
