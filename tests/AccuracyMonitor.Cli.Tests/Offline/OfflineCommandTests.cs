using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using AccuracyMonitor.Cli.Offline;

namespace AccuracyMonitor.Cli.Tests.Offline;

public sealed class OfflineCommandTests : IDisposable
{
    private const int Rows = 2000;
    private static readonly string[] Classes = ["cat", "dog", "fox"];
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;
    private readonly Dictionary<string, int> _truth = new(StringComparer.Ordinal);
    private readonly double _accuracy;

    public OfflineCommandTests()
    {
        var random = new Random(4);
        var text = new StringBuilder("id,cat,dog,fox\n");
        var right = 0;
        for (var i = 0; i < Rows; i++)
        {
            var confidence = 0.5 + (0.5 * Math.Sqrt(random.NextDouble()));
            var predicted = random.Next(3);
            var p = new double[3];
            (p[predicted], p[(predicted + 1) % 3]) = (confidence, 1 - confidence);
            var correct = random.NextDouble() < confidence - 0.1;
            right += correct ? 1 : 0;
            _truth[$"row {i}"] = correct ? predicted : (predicted + 1) % 3;
            text.Append(CultureInfo.InvariantCulture, $"row {i},{p[0]:F6},{p[1]:F6},{p[2]:F6}\n");
        }

        _accuracy = right / (double)Rows;
        File.WriteAllText(Log, text.ToString());
    }

    private string Log => PathOf("log.csv");

    private string Sheet => PathOf("to-label.csv");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <param name="numbered">Labels as <c>2.0</c> and <c>2,0</c>, and not as names.</param>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Three_commands_lead_from_predictions_to_accuracy_with_an_interval(bool numbered)
    {
        var drawn = await SelectAsync("--predictions", Log, "--count", "150", "--seed", "5", "--output", Sheet);
        drawn.Code.ShouldBe(0, drawn.Error);
        drawn.Output.ShouldContain("of 2,000 rows into");
        drawn.Output.ShouldContain("with seed 5.");
        var lines = await File.ReadAllLinesAsync(Sheet, TestContext.Current.CancellationToken);
        lines[0].ShouldBe("id,label,inclusion_probability");

        var labels = PathOf("labelled.csv");
        await File.WriteAllTextAsync(labels, Saved(lines, numbered), TestContext.Current.CancellationToken);
        var (code, output, error) = await EstimateAsync("--predictions", Log, "--labels", labels);

        code.ShouldBe(0, error);
        error.ShouldContain("0 = cat, 1 = dog, 2 = fox");
        output.ShouldContain("95 % interval");
        output.ShouldContain("promise: about 95 % of such draws");
        var json = await NumbersAsync("--predictions", Log, "--labels", labels);
        json.GetProperty("basis").GetString().ShouldBe("drawn");
        json.GetProperty("labels").GetInt64().ShouldBe(lines.Length - 1);
        json.GetProperty("lower").GetDouble().ShouldBeLessThan(_accuracy);
        json.GetProperty("upper").GetDouble().ShouldBeGreaterThan(_accuracy);
    }

    [Fact]
    public async Task Labels_that_were_not_drawn_promise_nothing_until_they_are_said_to_be_random()
    {
        var labels = PathOf("some.csv");
        await File.WriteAllLinesAsync(
            labels, ["id,label", .. _truth.Take(200).Select(t => $"{t.Key},{Classes[t.Value]}")], TestContext.Current.CancellationToken);

        var (code, output, _) = await EstimateAsync("--predictions", Log, "--labels", labels);
        code.ShouldBe(0);
        output.ShouldContain("promise: none");
        output.ShouldContain("warning: nothing says how these rows came to be labelled");
        var json = await NumbersAsync("--predictions", Log, "--labels", labels, "--labels-are", "random");
        json.GetProperty("basis").GetString().ShouldBe("declared_random");
        json.GetProperty("interval_holds").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task All_labels_are_counted_also_where_they_are_beside_the_predictions()
    {
        var lines = await File.ReadAllLinesAsync(Log, TestContext.Current.CancellationToken);
        var labelled = PathOf("labelled-log.csv");
        await File.WriteAllLinesAsync(
            labelled, lines.Select((line, i) => i == 0 ? "name,cat,dog,fox,y" : $"{line},{Classes[_truth[$"row {i - 1}"]]}"),
            TestContext.Current.CancellationToken);

        var json = await NumbersAsync("--predictions", labelled, "--id-column", "name", "--map", "label=y");

        json.GetProperty("basis").GetString().ShouldBe("all_labelled");
        json.GetProperty("value").GetDouble().ShouldBe(_accuracy, 1e-9);
    }

    [Fact]
    public async Task Drawn_rows_without_a_label_are_told_also_where_they_are_beside_the_predictions()
    {
        var lines = await File.ReadAllLinesAsync(Log, TestContext.Current.CancellationToken);
        var sheet = PathOf("drawn-log.csv");
        await File.WriteAllLinesAsync(
            sheet,
            lines.Select((line, i) => i == 0 ? "name,cat,dog,fox,y,inclusion_probability"
                : $"{line},{(i % 4 == 0 ? Classes[_truth[$"row {i - 1}"]] : "")},{(i % 2 == 0 ? "0.5" : "")}"),
            TestContext.Current.CancellationToken);

        var json = await NumbersAsync("--predictions", sheet, "--id-column", "name", "--map", "label=y");

        var (drawn, labels) = (json.GetProperty("drawn").GetInt64(), json.GetProperty("labels").GetInt64());
        (drawn, labels).ShouldBe(((lines.Length - 1) / 2, (lines.Length - 1) / 4));
        json.GetProperty("warnings").EnumerateArray().Select(w => w.GetString()!).ShouldContain(w => w.Contains("drawn rows have no label"));
    }

    [Fact]
    public async Task More_rows_of_the_same_draw_keep_the_labels_that_are_there()
    {
        (await SelectAsync("--predictions", Log, "--count", "60", "--seed", "5", "--output", Sheet)).Code.ShouldBe(0);
        var first = await File.ReadAllLinesAsync(Sheet, TestContext.Current.CancellationToken);
        var labels = PathOf("labelled.csv");
        await File.WriteAllTextAsync(labels, Saved(first, numbered: false), TestContext.Current.CancellationToken);
        var more = PathOf("more.csv");

        var (code, output, error) = await SelectAsync("--predictions", Log, "--count", "200", "--seed", "5", "--labels", labels, "--output", more);

        code.ShouldBe(0, error);
        output.ShouldContain($"{first.Length - 1} of them have their label from");
        output.ShouldContain("0 labels are of rows that were not drawn now");
        var second = (await File.ReadAllLinesAsync(more, TestContext.Current.CancellationToken)).Select(line => line.Split(',')).ToArray();
        second.Length.ShouldBeGreaterThan(2 * first.Length);
        second.Skip(1).Where(f => f[1].Length > 0).Select(f => f[0]).ShouldBe(first.Skip(1).Select(line => line.Split(',')[0]), ignoreOrder: true);
        second.Skip(1).Where(f => f[1].Length > 0).ShouldAllBe(f => f[1] == Classes[_truth[f[0]]]);
    }

    [Fact]
    public async Task Labels_that_count_from_one_by_mistake_are_suspected()
    {
        var labels = PathOf("shifted.csv");
        await File.WriteAllLinesAsync(
            labels, ["id,label", .. _truth.Where(t => t.Value < 2).Take(400).Select(t => $"{t.Key},{t.Value + 1}")], TestContext.Current.CancellationToken);

        var (_, output, _) = await EstimateAsync("--predictions", Log, "--labels", labels);

        output.ShouldContain("if labels counted one lower: --classes-from 1");
    }

    [Fact]
    public async Task A_sheet_that_may_hold_labels_is_not_overwritten()
    {
        await File.WriteAllTextAsync(Sheet, "mine", TestContext.Current.CancellationToken);

        var (code, _, error) = await SelectAsync("--predictions", Log, "--output", Sheet);

        code.ShouldBe(65);
        error.ShouldContain("exists, and may hold labels");
        (await File.ReadAllTextAsync(Sheet, TestContext.Current.CancellationToken)).ShouldBe("mine");
    }

    [Fact]
    public async Task An_empty_sheet_has_no_estimate_and_says_why()
    {
        (await SelectAsync("--predictions", Log, "--output", Sheet)).Code.ShouldBe(0);

        var (code, output, error) = await EstimateAsync("--predictions", Log, "--labels", Sheet);

        code.ShouldBe(65);
        output.ShouldBeEmpty();
        error.ShouldContain("No prediction has a label");
        error.ShouldContain("ids without a label");
    }

    [Fact]
    public async Task Rows_without_an_id_have_their_line_for_one()
    {
        var path = PathOf("plain.csv");
        await File.WriteAllTextAsync(path, "p0,p1\n0.9,0.1\n0.2,0.8\n", TestContext.Current.CancellationToken);

        var (code, _, error) = await SelectAsync("--predictions", path, "--count", "5", "--output", Sheet, "--show-prediction");

        code.ShouldBe(0);
        error.ShouldContain("has rows without an id");
        (await File.ReadAllLinesAsync(Sheet, TestContext.Current.CancellationToken)).ShouldBe(
            ["id,predicted,label,inclusion_probability", "line-2,0,,1", "line-3,1,,1"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("estimate", "Option '--predictions' is required.")]
    [InlineData("estimate --predictions /nowhere.csv --labels-are guessed", "guessed")]
    [InlineData("estimate --predictions /nowhere.npz", "an .npz has no ids")]
    [InlineData("select --predictions /nowhere.csv", "Option '--output' is required.")]
    [InlineData("select --predictions /nowhere.csv --output x.csv", "/nowhere.csv: cannot be read")]
    [InlineData("select --predictions /nowhere.csv --output x.csv --count 0", "--count is 0; it must be 1 to")]
    public async Task Bad_usage_is_named(string arguments, string expected)
    {
        var parts = arguments.Split(' ');
        var (code, _, error) = await (parts[0] == "select" ? SelectAsync(parts[1..]) : EstimateAsync(parts[1..]));

        code.ShouldNotBe(0);
        error.ShouldContain(expected);
    }

    [Theory]
    [InlineData("estimate", "accuracy-monitor estimate --predictions log.csv --labels labels.csv")]
    [InlineData("select", "accuracy-monitor select --predictions log.csv --count 100 --output to-label.csv")]
    public void Help_has_an_example(string command, string example) =>
        (command == "select" ? SelectCommand.Create() : EstimateCommand.Create()).Description!.ShouldContain(example);

    /// <summary>The sheet as a spreadsheet saves it: byte-order mark, semicolons, decimal commas, empty rows at the end.</summary>
    private string Saved(string[] lines, bool numbered) => "\uFEFF" + string.Concat(lines.Select((line, i) =>
    {
        var fields = line.Split(',');
        return i == 0 ? "id;label;inclusion_probability\r\n" : $"{fields[0]};{Label(fields[0], numbered, i)};{fields[2].Replace('.', ',')}\r\n";
    })) + ";;\r\n;;\r\n";

    private string Label(string id, bool numbered, int line) => !numbered ? Classes[_truth[id]]
        : line % 2 == 0 ? $"{_truth[id]}.0"
        : $"{_truth[id]},0";

    private static async Task<JsonElement> NumbersAsync(params string[] arguments)
    {
        var (code, output, error) = await EstimateAsync([.. arguments, "--json", "-"]);
        code.ShouldBe(0, error);
        using var document = JsonDocument.Parse(output);
        document.RootElement.GetProperty("schema").GetString().ShouldBe("accuracy-monitor/estimate/1");
        return document.RootElement.GetProperty("estimate").Clone();
    }

    private string PathOf(string name) => Path.Combine(_folder, name);

    private static Task<(int Code, string Output, string Error)> SelectAsync(params string[] arguments) =>
        CommandRun.InvokeAsync(SelectCommand.Create(), arguments);

    private static Task<(int Code, string Output, string Error)> EstimateAsync(params string[] arguments) =>
        CommandRun.InvokeAsync(EstimateCommand.Create(), arguments);
}
