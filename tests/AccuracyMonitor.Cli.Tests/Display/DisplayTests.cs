using System.Text.Json;
using AccuracyMonitor.Cli.Display;
using AccuracyMonitor.Runs;
using AccuracyMonitor.Runs.Demo;
using Microsoft.Extensions.Time.Testing;
using Spectre.Console;

namespace AccuracyMonitor.Cli.Tests.Display;

public sealed class DisplayTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("demo-display-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(0, 120)]
    [InlineData(45, 120)]
    [InlineData(150, 60)]
    [InlineData(150, 200)]
    public void The_live_view_renders_at_any_time_and_width(int seconds, int width)
    {
        var text = Render(console => console.Write(LiveView.Render(RunSamples.View(seconds), width, height: 40)), width);

        text.ShouldContain("hidden truth");
        text.ShouldContain(seconds == 45 ? "withdrawn" : seconds == 0 ? "not yet" : "[76.0, 82.0]");
        text.Split('\n').ShouldAllBe(line => line.TrimEnd('\r').Length <= width);
    }

    [Fact]
    public void Plain_lines_have_every_number_and_state()
    {
        var view = RunSamples.View(55);

        DemoLine.Of(view, view.Latest!).ShouldBe(
            "0:55  noisy     truth 80.0 %  where answered 80.0 %  confidence 90.0 %  label-free withdrawn  audited 79.0 % [76.0, 82.0]  "
            + "combined 80.0 % [78.0, 82.0]  labels   825 (1.00 %)  alarms accuracy ON, validity ON  monitor m1");
    }

    [Fact]
    public async Task The_plain_display_ends_with_the_run_and_shows_the_same_summary_as_the_live_one()
    {
        using var output = new StringWriter();
        var display = new PlainDisplay(output, DemoLine.Of, new FakeTimeProvider());
        var run = new TaskCompletionSource();
        var showing = display.ShowAsync(() => RunSamples.View(20), run.Task, TestContext.Current.CancellationToken);
        run.SetResult();
        await showing;
        display.ShowSummary(SummaryTables.Of(RunSamples.Summary));
        var live = Render(console => new TerminalDisplay(console, TimeProvider.System).ShowSummary(SummaryTables.Of(RunSamples.Summary)), 120);

        output.ToString().ShouldContain("images now clean");
        foreach (var expected in (string[])["12.0 points", "1.0 points", "99 % of windows", "95.0 % of windows", "93.0 % of windows, mean width 4.0",
            "2,250 of 225,000", "200 MiB", "170 s", "attacked"])
        {
            output.ToString().ShouldContain(expected);
            live.ShouldContain(expected);
        }
    }

    [Fact]
    public void The_chart_puts_the_truth_on_top_and_the_interval_beneath()
    {
        var cells = TextChart.Draw(RunSamples.Points, TimeSpan.FromSeconds(150), columns: 50, rows: 10, low: 0.5);

        var column = Enumerable.Range(0, 10).Select(row => cells[row, 40]).ToArray();
        column.ShouldContain(ChartMark.Truth);
        column.Count(mark => mark == ChartMark.Truth).ShouldBe(1);
        Array.IndexOf(column, ChartMark.Confidence).ShouldBeLessThan(Array.IndexOf(column, ChartMark.Truth));
        Enumerable.Range(0, 10).ShouldAllBe(row => cells[row, 0] != ChartMark.Interval);
    }

    [Fact]
    public void The_plot_is_a_picture_and_the_json_reads_back()
    {
        var (png, json) = (Path.Combine(_folder, "run.png"), Path.Combine(_folder, "run.json"));

        RunPlot.Write(png, RunSamples.Points, 0.85);
        RunJson.Write(json, new DemoOptions(), RunSamples.Summary, RunSamples.Points);

        File.ReadAllBytes(png).AsSpan(0, 4).ToArray().ShouldBe([0x89, (byte)'P', (byte)'N', (byte)'G']);
        using var document = JsonDocument.Parse(File.ReadAllText(json));
        document.RootElement.GetProperty("summary").GetProperty("audited").GetProperty("mean_absolute_error").GetDouble().ShouldBe(0.01);
        var windows = document.RootElement.GetProperty("windows").EnumerateArray().ToArray();
        windows.Length.ShouldBe(150);
        windows[0].GetProperty("audited").ValueKind.ShouldBe(JsonValueKind.Null);
        windows[149].GetProperty("audited_lower").GetDouble().ShouldBe(0.76, tolerance: 1e-9);
        windows[149].GetProperty("combined_lower").GetDouble().ShouldBe(0.78, tolerance: 1e-9);
        windows[149].GetProperty("answered_until").GetDouble().ShouldBe(145);
        windows[0].GetProperty("combined").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    private static string Render(Action<IAnsiConsole> write, int width)
    {
        using var output = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = width;
        write(console);
        return output.ToString();
    }
}
