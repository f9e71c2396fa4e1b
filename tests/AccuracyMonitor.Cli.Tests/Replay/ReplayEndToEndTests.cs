using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using AccuracyMonitor.Cli.Replay;
using AccuracyMonitor.Runs.Replay;
using AccuracyMonitor.Sidecar.Composition;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Tests.Traces;

namespace AccuracyMonitor.Cli.Tests.Replay;

/// <summary>The command with the real sidecar, in this process and beside it.</summary>
public sealed class ReplayEndToEndTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("replay-tests-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_trace_that_breaks_is_seen_to_break_and_every_number_stands_beside_the_truth()
    {
        using var trace = ReplayFiles.Trace(rows: 1500);
        var (json, plot) = (In("run.json"), In("run.svg"));

        var (code, output, error) = await RunAsync(
            "--traces", trace.Path, "--conditions", "clean,broken", "--per-condition", "3000", "--rate", "1500", "--window", "1s", "--budget", "0.1",
            "--label-delay", "100ms", "--objective", "0.6", "--json", json, "--plot", plot);

        error.ShouldBe("");
        code.ShouldBe(0);
        output.ShouldContain("condition now broken");
        File.ReadAllText(plot).ShouldContain("<svg");
        using var document = Read(json);
        document.RootElement.GetProperty("schema").GetString().ShouldBe("accuracy-monitor/replay/1");
        var summary = document.RootElement.GetProperty("summary");
        summary.GetProperty("accepted").GetInt64().ShouldBe(6000);
        summary.GetProperty("drops").GetProperty("total").GetInt64().ShouldBe(0);
        summary.GetProperty("without_truth").GetInt64().ShouldBe(0);
        summary.GetProperty("labels_requested").GetInt64().ShouldBeInRange(450, 750);
        summary.GetProperty("labels_answered").GetInt64().ShouldBe(summary.GetProperty("labels_requested").GetInt64());
        var alarm = summary.GetProperty("alarms").EnumerateArray().First(a => a.GetProperty("alarm").GetString() == "accuracy");
        alarm.GetProperty("condition").GetString().ShouldBe("broken");
        alarm.GetProperty("predictions").GetInt64().ShouldBeInRange(1, 3000);
        var points = document.RootElement.GetProperty("points").EnumerateArray().ToArray();
        points.Length.ShouldBeGreaterThanOrEqualTo(4);

        // On a busy machine the first look may come before the first prediction: then its truth is "NaN".
        points.First(p => p.GetProperty("truth").ValueKind == JsonValueKind.Number).GetProperty("truth").GetDouble().ShouldBe(0.82, tolerance: 0.06);
        summary.GetProperty("conditions")[1].GetProperty("truth").GetDouble().ShouldBeLessThan(0.7);
        summary.GetProperty("all_conditions").GetProperty("audited_interval").GetProperty("coverage").GetDouble().ShouldBeGreaterThanOrEqualTo(0.6);
    }

    [Fact]
    public async Task A_running_sidecar_takes_everything_without_drops_and_keeps_its_own_settings()
    {
        using var trace = ReplayFiles.Trace(rows: 2000);
        var (socket, json) = (In("am.sock"), In("run.json"));
        using var stop = new CancellationTokenSource();
        var sidecar = Task.Run(
            () => SidecarHost.RunAsync(
                [
                    $"--Listen:Socket={socket}", "--Listen:GrpcPort=-1", "--Listen:HttpPort=0", $"--Storage:Path={In("am.db")}",
                    "--Estimation:Windows:0=00:01:00",
                    "--Sampling:Budget=0.02", "--Sampling:Seed=1", "--Training:Mode=Off", "--Logging:LogLevel:Default=Error",
                ],
                stop.Token),
            Cancel);
        while (!File.Exists(socket))
        {
            await Task.Delay(50, Cancel);
        }

        var (code, output, error) = await RunAsync(
            "--traces", trace.Path, "--target", $"unix://{socket}", "--rate", "0", "--label-delay", "0s", "--per-condition", "20000", "--json", json);
        var (noWindow, _, whichWindows) = await RunAsync("--traces", trace.Path, "--target", $"unix://{socket}", "--window", "7s");
        await stop.CancelAsync();

        error.ShouldBe("");
        code.ShouldBe(0);
        (await sidecar).ShouldBe(0);
        output.ShouldContain($"unix://{socket}");
        using var document = Read(json);
        var summary = document.RootElement.GetProperty("summary");
        summary.GetProperty("accepted").GetInt64().ShouldBe(40_000);
        summary.GetProperty("drops").GetProperty("total").GetInt64().ShouldBe(0);
        summary.GetProperty("labels_requested").GetInt64().ShouldBeInRange(500, 1100);
        noWindow.ShouldBe(64);
        whichWindows.ShouldContain("window is 7 s; it must be one of Estimation:Windows (00:01:00)");
    }

    [Fact]
    public async Task A_logs_labels_are_given_when_their_lines_are_reached_and_corrections_too()
    {
        var random = new Random(3);
        var text = new StringBuilder();
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        for (var i = 0; i < 900; i++)
        {
            var (row, label) = ReplayFiles.Draw(random);
            Line(i * 20, new { id = $"p{i}", probabilities = row });
            if (i >= 100)
            {
                // Two seconds of the log later; the first hundred are then put right a little later still.
                Line(i * 20, new { id = $"p{i - 100}", label = i < 200 ? (label + 1) % 4 : label });
            }

            if (i is >= 300 and < 400)
            {
                Line(i * 20, new { id = $"p{i - 300}", label });
            }
        }

        using var log = new TemporaryTrace(".jsonl", text.ToString());
        var json = In("run.json");

        var (code, _, error) = await RunAsync("--log", log.Path, "--speed", "9", "--budget", "0.3", "--window", "2s", "--label-delay", "0s", "--json", json);

        error.ShouldBe("");
        code.ShouldBe(0);
        using var document = Read(json);
        var summary = document.RootElement.GetProperty("summary");
        summary.GetProperty("predictions").GetInt64().ShouldBe(900);
        summary.GetProperty("without_truth").GetInt64().ShouldBe(100);
        var (requested, answered) = (summary.GetProperty("labels_requested").GetInt64(), summary.GetProperty("labels_answered").GetInt64());
        answered.ShouldBeLessThan(requested);
        answered.ShouldBeInRange(150, 350);
        document.RootElement.GetProperty("points").EnumerateArray().Count().ShouldBeGreaterThanOrEqualTo(2);

        void Line(int milliseconds, object content)
        {
            var fields = JsonSerializer.Serialize(content);
            text.Append(CultureInfo.InvariantCulture, $"{{\"time\":\"{start.AddMilliseconds(milliseconds):O}\",{fields[1..]}\n");
        }
    }

    [Fact]
    public async Task A_replay_that_is_stopped_shows_the_summary_so_far()
    {
        using var trace = ReplayFiles.Trace(rows: 500);
        using var log = new TemporaryTrace(
            ".csv", string.Concat(File.ReadLines(trace.Path).Where(l => !l.StartsWith("reference", StringComparison.Ordinal)).Select(l => l + "\n")));
        using var cancel = new CancellationTokenSource();
        var running = RunAsync(cancel.Token, "--traces", log.Path, "--per-condition", "1000000", "--rate", "1000", "--window", "1s");
        cancel.CancelAfter(TimeSpan.FromSeconds(4));

        var (code, output, _) = await running;

        code.ShouldBe(130);
        output.ShouldContain("No reference set");
        output.ShouldContain("Stopped; the summary is of what there was until now.");
        output.ShouldContain("(ended early)");
    }

    [Fact]
    public async Task No_sidecar_at_the_target_is_said_with_exit_code_69()
    {
        using var trace = ReplayFiles.Trace(rows: 20);

        var (code, _, error) = await RunAsync("--traces", trace.Path, "--target", $"unix://{In("nobody.sock")}");

        code.ShouldBe(69);
        error.ShouldStartWith($"The sidecar at unix://{In("nobody.sock")} cannot be reached: ");
    }

    private string In(string name) => Path.Combine(_folder.FullName, name);

    private static JsonDocument Read(string path) => JsonDocument.Parse(File.ReadAllText(path));

    private static Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments) => RunAsync(Cancel, arguments);

    private static Task<(int Code, string Output, string Error)> RunAsync(CancellationToken cancel, params string[] arguments) =>
        CommandRun.InvokeAsync(ReplayCommand.Create(), cancel, arguments);
}
