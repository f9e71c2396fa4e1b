using AccuracyMonitor.Image.Tests;

[assembly: AssemblyFixture(typeof(Images))]

namespace AccuracyMonitor.Image.Tests;

/// <summary>
/// The images, built once from the Dockerfile for all tests, on stand-in bases. A machine where images can't be built or run fails every test with the
/// tool's own words: none is skipped. <c>ACCURACY_MONITOR_TEST_TRAINER=1</c> builds the trainer too, which is large.
/// </summary>
public sealed class Images : IAsyncLifetime
{
    public const string TrainerVariable = "ACCURACY_MONITOR_TEST_TRAINER";
    public const string Version = "9.8.7";
    public const string Revision = "0123456789abcdef0123456789abcdef01234567";

    /// <summary>Monitor file for ten classes, readable by anybody.</summary>
    public static string Monitor { get; } = Path.Combine(Engine.Folder, "monitor.onnx");

    public static bool WithTrainer => Environment.GetEnvironmentVariable(TrainerVariable) is { Length: > 0 };

    public static string Name(string target) => $"localhost/accuracy-monitor/{target}:test";

    public async ValueTask InitializeAsync()
    {
        foreach (var tool in (string[])["buildah", "podman", "runc", "mmdebstrap"])
        {
            if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(p => File.Exists(Path.Combine(p, tool))))
            {
                throw new InvalidOperationException($"'{tool}' is missing, and the images can't be tested without it: run tests/install-tools.");
            }
        }

        Directory.CreateDirectory(Engine.Folder);
        await File.WriteAllBytesAsync(Monitor, SmallMonitor.File());
        await Engine.ChooseDriverAsync();
        (await Engine.StandInsAsync()).Succeeded("Making the stand-ins of the .NET base images");
        foreach (var target in (string[])(WithTrainer ? ["sidecar", "injector", "demo", "trainer"] : ["sidecar", "injector", "demo"]))
        {
            (await BuildAsync(target)).Succeeded($"Building the image '{target}'");
        }
    }

    public async ValueTask DisposeAsync()
    {
        // What the new images replaced has no name any more, and would fill the disk run by run.
        await Engine.BuildahAsync(["rmi", "--prune"], default);
        await Engine.UnmountAsync();
    }

    private static Task<Command> BuildAsync(string target) => Engine.BuildahAsync(
        [
            "build", "--isolation", "chroot", "--pull-never", "--volume", $"{PackageCache()}:/packages:ro", "--target", target,
            "--build-arg", $"VERSION={Version}", "--build-arg", $"REVISION={Revision}", "--tag", Name(target), ".",
        ],
        default);

    private static string PackageCache() => Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } folder
        ? folder
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
}
