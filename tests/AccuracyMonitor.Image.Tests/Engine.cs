namespace AccuracyMonitor.Image.Tests;

/// <summary>buildah and podman on a storage of their own under artifacts/: nothing of the machine's containers is read or changed.</summary>
internal static class Engine
{
    public static readonly string Folder = Path.Combine(Repository.Root, "artifacts", "images");

    // Outside the repository, and short: sockets lie in it, and their paths are limited to 107 bytes. Two clones have two.
    private static readonly string Run = Path.Combine(Path.GetTempPath(), $"am-images-{(uint)Repository.Root.Aggregate(17, (h, c) => (h * 31) + c):x}");

    private static readonly string Here = Path.Combine(Repository.Root, "tests", "AccuracyMonitor.Image.Tests");

    private static string _driver = "overlay";

    private static string Storage => Path.Combine(Folder, _driver);

    private static Dictionary<string, string> Environment => new()
    {
        ["CONTAINERS_CONF"] = Path.Combine(Here, "containers.conf"),
        ["STORAGE_DRIVER"] = _driver,
    };

    /// <summary>Layers laid over each other where the kernel and the file system can, else (in a container, say) whole copies of them.</summary>
    public static async Task ChooseDriverAsync()
    {
        if ((await BuildahAsync(["info"], default)).Status != 0)
        {
            _driver = "vfs";
            (await BuildahAsync(["info"], default)).Succeeded("buildah, neither with overlay nor with vfs storage,");
        }
    }

    public static Task<Command> StandInsAsync() => Command.RunAsync(Path.Combine(Here, "stand-ins"), [Storage], Environment);

    public static Task<Command> BuildahAsync(IReadOnlyList<string> arguments, CancellationToken cancel) =>
        Command.RunAsync("buildah", ["--root", Storage, "--runroot", Run, .. arguments], Environment, cancel);

    public static Task<Command> PodmanAsync(IReadOnlyList<string> arguments, CancellationToken cancel) =>
        Command.RunAsync("podman", ["--root", Storage, "--runroot", Run, .. arguments], Environment, cancel);

    /// <summary>Images that were looked into, and the storage's own folder, which is a mount too: else nobody could delete the repository.</summary>
    public static async Task UnmountAsync()
    {
        (await PodmanAsync(["image", "unmount", "--all", "--force"], default)).Succeeded("podman image unmount");
        var storage = Path.Combine(Storage, "overlay");
        if ((await Command.RunAsync("mountpoint", ["--quiet", storage])).Status == 0)
        {
            (await Command.RunAsync("umount", [storage])).Succeeded("umount");
        }
    }
}
