using System.Diagnostics;
using System.Globalization;
using AccuracyMonitor.Cli.Labels;
using AccuracyMonitor.Evaluation.Traces.Tables;
using AccuracyMonitor.V1;
using Google.Protobuf;

namespace AccuracyMonitor.Cli.Tests.Labels;

public sealed class LabelFileCommandTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("csv")]
    [InlineData("jsonl")]
    [InlineData("parquet")]
    public async Task An_export_is_blind_unless_told_and_comes_back_as_it_was(string ending)
    {
        await using var sidecar = await RunningSidecar.StartAsync(LabelTraffic.Everything);
        await LabelTraffic.SendAsync(sidecar, ["p-0", "=1+1", "schöne, \"alte\"", "'-3"]);
        await RunAsync(sidecar, "complete", "--model", "m", "--model-version", "1", "p-0=2");
        var (blind, revealed) = (Path.Combine(sidecar.Folder, $"blind.{ending}"), Path.Combine(sidecar.Folder, $"revealed.{ending}"));

        (await RunAsync(sidecar, "export", blind)).Output.ShouldBe($"{blind}: 3 label requests\n");
        await RunAsync(sidecar, "export", revealed, "--state", "answered,waiting", "--reveal");

        Read(blind).Names.ShouldNotContain("predicted_class");
        var (names, rows) = Read(revealed);
        names.ShouldContain("predicted_class");
        rows.ShouldAllBe(r => r[names.IndexOf("probabilities")].Kind == (ending == "csv" ? CellKind.Text : CellKind.Numbers));

        // What the file says is what the sidecar has: nothing changes.
        var (code, output, _) = await RunAsync(sidecar, "import", revealed);
        (code, output).ShouldBe((0, $"{revealed}: 4 rows: 0 given, 0 replaced, 1 unchanged, 3 without a label, 0 rejected\n"));
    }

    [Fact]
    public async Task Inputs_are_files_beside_the_table_and_another_export_into_the_folder_leaves_them_as_they_are()
    {
        await using var sidecar = await RunningSidecar.StartAsync(LabelTraffic.Everything);
        await LabelTraffic.SendAsync(sidecar, ["../../evil", "p-1"]);
        await AttachAsync("../../evil", "picture");
        var (table, folder) = (Path.Combine(sidecar.Folder, "to-label.csv"), Path.Combine(sidecar.Folder, "pictures"));

        (await RunAsync(sidecar, "export", table, "--inputs", folder)).Output.ShouldBe($"{table}: 2 label requests, 1 inputs\n");

        // SHA-256 of m, 1 and the id.
        const string Name = "6e809338e9b144605aa6ec7c53e1876b.png";
        Directory.GetFiles(folder).ShouldBe([Path.Combine(folder, Name)]);
        var (names, rows) = Read(table);
        var inputs = rows.Select(r => (Id: r[names.IndexOf("id")].Text, Input: r[names.IndexOf("input")]));
        inputs.ToDictionary(i => i.Id, i => i.Input.IsEmpty ? "" : i.Input.Text, StringComparer.Ordinal).ShouldBe(
            new Dictionary<string, string> { ["p-1"] = "", ["../../evil"] = $"pictures/{Name}" }, ignoreOrder: true);

        await LabelTraffic.SendAsync(sidecar, ["p-2"]);
        await AttachAsync("p-2", "another picture");
        var second = Path.Combine(sidecar.Folder, "second.csv");
        (await RunAsync(sidecar, "export", second, "--inputs", folder)).Output.ShouldBe($"{second}: 3 label requests, 2 inputs\n");
        (await File.ReadAllTextAsync(Path.Combine(folder, Name), Cancel)).ShouldBe("picture");

        async Task AttachAsync(string prediction, string content) => await new LabelService.LabelServiceClient(sidecar.Channel).AttachInputAsync(
            new AttachInputRequest
            {
                Model = "m",
                Version = "1",
                PredictionId = prediction,
                ContentType = "image/png",
                Content = ByteString.CopyFromUtf8(content),
            },
            cancellationToken: Cancel);
    }

    [Fact]
    public async Task Truth_of_every_prediction_is_imported_and_what_is_not_remembered_is_reported()
    {
        await using var sidecar = await RunningSidecar.StartAsync(
            [.. LabelTraffic.Everything, "--Sampling:Budget=0.0001", "--Truth:Remember=true"]);
        await LabelTraffic.SendAsync(sidecar, ["o-1", "o-2", "o-3"]);
        var path = Path.Combine(sidecar.Folder, "returns.csv");
        await File.WriteAllTextAsync(path, "id,label\no-1,0\no-2,2\no-9,1\n", Cancel);
        string[] import = ["import", path, "--model", "m", "--model-version", "1", "--all-predictions"];

        (int Code, string Output, string Error) done;
        do
        {
            // Predictions are remembered a second after they were made.
            done = await RunAsync(sidecar, import);
        }
        while (!done.Output.Contains("2 unchanged", StringComparison.Ordinal) && !Cancel.IsCancellationRequested);

        done.Code.ShouldBe(65);
        done.Error.ShouldContain($"{path}: line 4: id: prediction 'o-9' of m:1 was not chosen for labelling, and is not remembered (Truth:Remember)");
        (await LabelTraffic.LabelsAsync(sidecar)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_spreadsheet_of_labels_is_applied_but_for_rows_that_are_reported_and_again_changes_nothing()
    {
        await using var sidecar = await RunningSidecar.StartAsync(LabelTraffic.Everything);
        await LabelTraffic.SendAsync(sidecar, ["p-0", "p-1", "p-2", "p-3"]);
        await RunAsync(sidecar, "complete", "--model", "m", "--model-version", "1", "p-2=1");
        var path = Path.Combine(sidecar.Folder, "labels.csv");
        await File.WriteAllTextAsync(path, "id;label\np-0;0\np-1;3\np-2;2,0\nnobody;0\np-3;\np-0;0\np-1;3\n", Cancel);
        string[] import = ["import", path, "--model", "m", "--model-version", "1", "--annotator", "ann"];

        var dry = await RunAsync(sidecar, [.. import, "--dry-run"]);
        var before = await LabelTraffic.LabelsAsync(sidecar);
        var first = await RunAsync(sidecar, import);
        var second = await RunAsync(sidecar, import);

        const string apart = "1 kept apart: nobody asked for them, and no estimate uses them";
        before["p-0"].ShouldBeNull();
        first.Code.ShouldBe(65);
        first.Output.ShouldBe($"{path}: 7 rows: 1 given, 1 replaced, 1 unchanged, 1 without a label, 2 rejected, {apart}\n");
        dry.Output.ShouldBe(first.Output.Replace("\n", " (nothing was changed)\n", StringComparison.Ordinal));
        first.Error.ShouldContain($"{path}: line 3: label: label is 3, must be 0 to 2");
        first.Error.ShouldContain($"{path}: line 8: label: label is 3, must be 0 to 2", Case.Sensitive, "a repeat is rejected with its row");
        dry.Error.ShouldBe(first.Error);
        second.Output.ShouldBe($"{path}: 7 rows: 0 given, 0 replaced, 4 unchanged, 1 without a label, 2 rejected\n");
        (await LabelTraffic.LabelsAsync(sidecar)).ShouldBe(
            new Dictionary<string, int?> { ["p-3"] = null, ["p-2"] = 2, ["p-1"] = null, ["p-0"] = 0 }, ignoreOrder: true);
    }

    [Fact]
    public async Task An_import_killed_halfway_and_run_again_ends_as_one_that_was_not()
    {
        const int Rows = 8_000;
        await using var sidecar = await RunningSidecar.StartAsync(LabelTraffic.Everything);
        string[] ids = [.. Enumerable.Range(0, Rows).Select(i => $"p-{i}")];
        await LabelTraffic.SendAsync(sidecar, ids);
        var path = Path.Combine(sidecar.Folder, "labels.csv");
        await File.WriteAllLinesAsync(path, ids.Select((id, i) => $"{id},m,1,{i % 3}").Prepend("id,model,version,label"), Cancel);
        var labels = new LabelService.LabelServiceClient(sidecar.Channel);

        using var import = Process.Start(new ProcessStartInfo(
            Path.Combine(BuiltProgram.Folder, "accuracy-monitor"), ["labels", "import", path, "--target", sidecar.Target])
        { UseShellExecute = false })!;
        while (await AnsweredAsync() == 0 && !import.HasExited)
        {
            await Task.Yield();
        }

        // SIGKILL.
        import.Kill();
        await import.WaitForExitAsync(Cancel);
        var halfway = await AnsweredAsync();
        var (code, output, _) = await RunAsync(sidecar, "import", path);

        halfway.ShouldBeInRange(1u, Rows - 1u, "it was killed while it worked");
        (code, output).ShouldBe((0, string.Create(
            CultureInfo.InvariantCulture,
            $"{path}: {Rows:N0} rows: {Rows - (long)halfway:N0} given, 0 replaced, {halfway:N0} unchanged, 0 without a label, 0 rejected\n")));
        var kept = await LabelTraffic.LabelsAsync(sidecar);
        ids.Select((id, i) => kept[id] == i % 3).ShouldAllBe(same => same);

        async Task<ulong> AnsweredAsync() => (await labels.GetQueueAsync(new GetQueueRequest(), cancellationToken: Cancel)).State.Answered;
    }

    [Theory]
    [InlineData("export labels.xlsx", 64, "labels.xlsx ends with '.XLSX'; it must be .csv, .jsonl, .ndjson or .parquet.")]
    [InlineData("import /nowhere.csv", 65, "/nowhere.csv: cannot be read")]
    [InlineData("import labels.xlsx", 65, "labels.xlsx: extension '.xlsx' is of no trace format")]
    public async Task What_cannot_be_done_is_said(string arguments, int status, string message)
    {
        var (code, _, error) = await CommandRun.InvokeAsync(LabelsCommand.Create(), arguments.Split(' '));

        error.ShouldContain(message);
        code.ShouldBe(status);
    }

    private static Task<(int Code, string Output, string Error)> RunAsync(RunningSidecar sidecar, params string[] arguments) =>
        sidecar.RunAsync(LabelsCommand.Create(), arguments);

    private static (List<string> Names, List<Cell[]> Rows) Read(string path)
    {
        using var reader = TracePart.Of(path).Single().Open(null);
        List<Cell[]> rows = [];
        while (reader.Read())
        {
            rows.Add([.. Enumerable.Range(0, reader.Names.Count).Select(i => reader[i])]);
        }

        return ([.. reader.Names], rows);
    }
}
