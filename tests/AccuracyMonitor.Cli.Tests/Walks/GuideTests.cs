using System.Runtime.InteropServices;
using AccuracyMonitor.Cli.Tests.Labels;
using AccuracyMonitor.Runs.Tables;
using AccuracyMonitor.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace AccuracyMonitor.Cli.Tests.Walks;

/// <summary>
/// Two of the four people of the guide to labelling, with the very commands of the guide: the analyst with a file, and the engineer whose truth comes late. Who
/// labels in a browser walks in the sidecar's tests.
/// </summary>
public sealed class GuideTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_analyst_labels_in_a_file()
    {
        await using var sidecar = await RunningSidecar.StartAsync(LabelTraffic.Everything);
        await SendAsync(sidecar, "clothing", ["p-1", "p-2", "p-3"], DateTimeOffset.UtcNow);
        var reader = new Reader(sidecar);
        var parts = Guide.Commands("labelling.md", "labels export to-label.csv").Split("# Fill in the column 'label' in a spreadsheet or a script, then:");
        parts.Length.ShouldBe(2);

        (await reader.RunAsync(parts[0])).ShouldBe((0, "to-label.csv: 3 label requests, 0 inputs\n"));
        var file = Path.Combine(reader.Folder, "to-label.csv");
        var lines = await File.ReadAllLinesAsync(file, Cancel);
        var label = Array.IndexOf(lines[0].Split(','), "label");
        await File.WriteAllLinesAsync(file, lines.Take(1).Concat(lines.Skip(1).Select((line, i) => With(line, label, $"{i % 2}"))), Cancel);
        var (exit, said) = await reader.RunAsync(parts[1]);

        exit.ShouldBe(0, said);
        said.ShouldContain("3 given, 0 replaced, 0 unchanged, 0 without a label, 0 rejected (nothing was changed)\n");
        said.ShouldContain("3 given, 0 replaced, 0 unchanged, 0 without a label, 0 rejected\n");
        (await LabelTraffic.LabelsAsync(sidecar)).OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => l.Value).ShouldBe([0, 1, 0]);

        // The same people have an expert look at some of them.
        var gold = Guide.Commands("labelling.md", "labels gold import expert.csv").Split("# The expert fills in the column 'label' of a random sample")[0];
        (await reader.RunAsync(gold)).ShouldBe((0, "expert.csv: 3 label requests\n"));
        (await reader.RunAsync("accuracy-monitor labels gold import expert.csv")).Said
            .ShouldContain("expert.csv: 3 rows: 3 gold items given, 0 replaced, 0 unchanged, 0 without a class, 0 rejected\n");
    }

    [Fact]
    public async Task An_engineer_imports_truth_that_comes_for_every_prediction()
    {
        await using var sidecar = await RunningSidecar.StartAsync(
        [
            "--Sampling:Budget=0.0001", "--Truth:Remember=true", "--Truth:Window=1m", "--Truth:JudgeInterval=100ms", "--Estimation:MinSamples=1",
            "--Adaptation:RecalibrateEvery=0",
        ]);
        var now = DateTimeOffset.UtcNow;
        await SendAsync(sidecar, "fraud", ["earlier"], now.AddMinutes(-30), version: "3");
        var start = new DateTimeOffset(now.AddMinutes(-20).Ticks / TimeSpan.TicksPerMinute * TimeSpan.TicksPerMinute, TimeSpan.Zero);
        var payments = Enumerable.Range(0, 100).Select(i => $"payment-{i}").ToArray();
        await SendAsync(sidecar, "fraud", payments, start.AddSeconds(10), version: "3");
        var reader = new Reader(sidecar);
        TableColumn[] columns = [new("payment"), new("fraud", ColumnKind.Whole)];
        await TableFile.WriteAsync(
            Path.Combine(reader.Folder, "charge-backs.parquet"),
            columns,
            payments.Select((p, i) => (IReadOnlyList<object?>)[p, i < 90 ? 0L : 1L]).ToAsyncEnumerable());
        var commands = Guide.Commands("labelling.md", "charge-backs.parquet");

        // Predictions are remembered a second after they were made.
        (int Exit, string Said) done = (0, "");
        await Eventually.TrueAsync(async () => (done = await reader.RunAsync(commands)).Exit == 0, "every prediction is remembered");

        done.Said.ShouldContain("only the realized estimate uses them");
        var estimates = new EstimateService.EstimateServiceClient(sidecar.Channel);
        ListEstimatesResponse listed = new();
        await Eventually.TrueAsync(
            async () => (listed = await estimates.ListEstimatesAsync(new ListEstimatesRequest(), cancellationToken: Cancel)).Realized.Any(r => r.Known == 100),
            "the stretch is judged");
        listed.Realized.Single().Value.ShouldBe(0.9, 1e-9);
    }

    private static string With(string line, int column, string value)
    {
        var cells = line.Split(',');
        cells[column] = value;
        return string.Join(',', cells);
    }

    private static async Task SendAsync(RunningSidecar sidecar, string model, string[] ids, DateTimeOffset time, string version = "7")
    {
        float[] row = model == "fraud" ? [0.7f, 0.3f] : [0.5f, 0.3f, 0.2f];
        var batch = new PredictionBatch
        {
            Model = model,
            Version = version,
            ClassCount = (uint)row.Length,
            Values = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>([.. Enumerable.Repeat(row, ids.Length).SelectMany(r => r)])),
            Ids = { ids },
            Time = time.ToTimestamp(),
        };
        await new PredictionService.PredictionServiceClient(sidecar.Channel).ScoreAsync(new ScoreRequest { Batch = batch }, cancellationToken: Cancel);
    }
}
