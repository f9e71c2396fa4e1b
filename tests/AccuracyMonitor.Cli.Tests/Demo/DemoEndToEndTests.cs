using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using AccuracyMonitor.Cli.Demo;
using AccuracyMonitor.Runs.Demo;

namespace AccuracyMonitor.Cli.Tests.Demo;

/// <summary>The real program with its real processes, on a short and slow stream.</summary>
public sealed partial class DemoEndToEndTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private readonly string _folder = Directory.CreateTempSubdirectory("demo-end-to-end-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task It_tells_the_whole_story_writes_its_files_and_leaves_nothing_running()
    {
        await using var demo = Start();

        await demo.Exited.WaitAsync(Patience, Cancel);

        var text = await ReadLogAsync(demo);
        text.ShouldContain("images now attacked");
        text.ShouldContain("95 % interval held the truth");
        text.ShouldContain(Path.Combine(_folder, "run.png"));
        using (var picture = SkiaSharp.SKBitmap.Decode(Path.Combine(_folder, "run.png")))
        {
            picture.Width.ShouldBeGreaterThan(600);
            picture.Pixels.Distinct().Count().ShouldBeGreaterThan(50, "curves, bands and text, and not one colour");
        }

        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(_folder, "run.json"), Cancel));
        var summary = json.RootElement.GetProperty("summary");
        summary.GetProperty("predictions").GetInt64().ShouldBeGreaterThan(5 * 5 * 300 / 2);
        summary.GetProperty("label_requests").GetInt64().ShouldBeGreaterThan(100);
        summary.GetProperty("sidecar_peak_memory").GetInt64().ShouldBeGreaterThan(10_000_000);
        Children(text).ShouldAllBe(id => !Processes.IsRunning(id));
    }

    [Fact]
    public async Task A_sidecar_that_is_killed_ends_the_demo_with_its_last_words()
    {
        await using var demo = Start();
        var sidecar = await ChildAsync(demo, "Sidecar");
        await ChildAsync(demo, "Serving application");

        using (var process = Process.GetProcessById(sidecar))
        {
            process.Kill();
        }

        await demo.Exited.WaitAsync(Patience, Cancel);
        var text = await ReadLogAsync(demo);
        text.ShouldContain("The sidecar ended by itself with exit code 137.");
        text.ShouldContain("Storage: SQLite in");
        Children(text).ShouldAllBe(id => !Processes.IsRunning(id));
    }

    [Fact]
    public async Task A_demo_that_is_killed_takes_its_processes_with_it()
    {
        await using var demo = Start();
        int[] children = [await ChildAsync(demo, "Sidecar"), await ChildAsync(demo, "Serving application")];

        using (var process = Process.GetProcessById(demo.Id))
        {
            process.Kill();
        }

        SpinWait.SpinUntil(() => !children.Any(Processes.IsRunning), TimeSpan.FromSeconds(30)).ShouldBeTrue();
    }

    [Fact]
    public async Task Asked_to_stop_it_stops_its_processes_first()
    {
        var demo = Start();
        int[] children = [await ChildAsync(demo, "Sidecar"), await ChildAsync(demo, "Serving application")];

        await demo.DisposeAsync();

        children.ShouldAllBe(id => !Processes.IsRunning(id));
        (await ReadLogAsync(demo)).ShouldContain("Cancelled.");
    }

    /// <summary>The program of the same configuration, in the layout that Directory.Build.props sets: libtorch lies beside it and not here.</summary>
    private ChildProcess Start()
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        var program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "AccuracyMonitor.Cli", configuration, "accuracy-monitor"));
        return ChildProcess.Start(
            "demo",
            ["/usr/bin/env", $"TMPDIR={_folder}", program, "demo"],
            ["--plain", "--seconds", "5", "--rate", "300", "--budget", "0.05", "--output", _folder],
            Path.Combine(_folder, "demo.log"),
            patience: TimeSpan.FromSeconds(30));
    }

    private static async Task<int> ChildAsync(ChildProcess demo, string name) =>
        int.Parse(
            await demo.WaitForLineAsync(
                line => line.StartsWith(name, StringComparison.Ordinal) && ChildLine().Match(line) is { Success: true } m ? m.Groups["id"].Value : null,
                Patience,
                Cancel),
            CultureInfo.InvariantCulture);

    private static int[] Children(string text) =>
        [.. ChildLine().Matches(text).Select(m => int.Parse(m.Groups["id"].Value, CultureInfo.InvariantCulture))];

    private static async Task<string> ReadLogAsync(ChildProcess demo)
    {
        await demo.DisposeAsync();
        return await File.ReadAllTextAsync(demo.LogPath, Cancel);
    }

    [GeneratedRegex(
        @"^(Sidecar|Serving application): process (?<id>\d+)", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ChildLine();
}
