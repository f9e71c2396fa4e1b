
namespace AccuracyMonitor.Cli.Tests.Training;

/// <summary>The program in a folder without libtorch, as in the sidecar's image: what trains in integers must not ask for it.</summary>
public sealed class WithoutLibtorchTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("am-no-torch-").FullName;
    private readonly NpzWriter _npz = TwoClasses.Of(400, seed: 8, ("reference", 1), ("shifted", 0.5f));

    [Fact]
    public async Task Few_bits_compressing_and_adapting_need_none_and_the_rest_says_what_is_missing()
    {
        foreach (var file in Directory.GetFiles(BuiltProgram.Folder).Where(f => !Path.GetFileName(f).Contains("libtorch", StringComparison.OrdinalIgnoreCase)))
        {
            File.Copy(file, In(Path.GetFileName(file)));
        }

        var (traces, monitor, compressed, delta) = (_npz.Write(), In("monitor.onnx"), In("monitor.tmon"), In("tenant.tmd"));
        var (exit, error) = await BuiltProgram.RunAsync(_folder, "monitor", "train", "-r", traces, "-o", monitor, "--hidden", "8", "--epochs", "5");
        exit.ShouldBe(1);
        error.ShouldContain("libtorch could not be loaded");
        File.Exists(monitor).ShouldBeFalse();

        await SucceedsAsync("monitor", "train", "-r", traces, "-o", monitor, "--hidden", "8", "--epochs", "5", "--grad-quant", "bhq");
        await SucceedsAsync("monitor", "compress", "-m", monitor, "-r", traces, "-o", compressed, "--passes", "1", "--force");
        await SucceedsAsync("monitor", "recalibrate", "fit", "-m", monitor, "-l", traces, "--condition", "shifted", "--count", "100", "-o", delta);
        await SucceedsAsync("monitor", "fine-tune", "-m", compressed, "-l", traces, "--condition", "shifted", "--count", "100", "-o", In("fine-tuned.tmon"));
    }

    public void Dispose()
    {
        _npz.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task SucceedsAsync(params string[] arguments)
    {
        var (exit, error) = await BuiltProgram.RunAsync(_folder, arguments);
        exit.ShouldBe(0, error);
    }

    private string In(string name) => Path.Combine(_folder, name);
}
