using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Evaluation.Traces.Tables;
using AccuracyMonitor.Runs.Offline;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Runs.Tests.Offline;

public sealed class ScoredRowsTests
{
    private const string Csv = "id,version,p0,p1,p2\na,1,0.7,0.2,0.1\nb,1,0.1,0.8,0.1\na,2,0.1,0.1,0.8\n";

    [Fact]
    public void Rows_AreScoredByTheLargestSoftmax_AndOneThatRepeatsAnIdIsLeftOut()
    {
        var (rows, warnings) = Read(Csv, ".csv", monitor: null);

        rows.Select(r => (r.Id, r.Predicted)).ShouldBe([("a", 0), ("b", 1)]);
        rows[0].Score.ShouldBe(0.7, 1e-6);
        warnings.ShouldBe(["1 rows repeat the id of an earlier row and are left out."]);
    }

    [Fact]
    public void Rows_AreScoredByTheMonitorThatIsGiven()
    {
        using var monitor = new TemporaryTrace(".onnx", Monitor(classes: 3));

        var (rows, _) = Read(Csv, ".csv", monitor.Path);

        // The network's weights are 0: every row has the score of its bias.
        rows[0].Score.ShouldBe(rows[1].Score, 1e-6);
        Math.Abs(rows[0].Score - 0.7).ShouldBeGreaterThan(1e-3);
    }

    [Fact]
    public void Monitor_OfOtherClasses_IsRefused()
    {
        using var monitor = new TemporaryTrace(".onnx", Monitor(classes: 4));

        Should.Throw<TraceFileException>(() => Read(Csv, ".csv", monitor.Path)).Message.ShouldContain($"has 3 classes; the monitor {monitor.Path} reads 4.");
    }

    [Fact]
    public void Versions_InOneFile_AreToldApart()
    {
        var (_, warnings) = Read(Csv.Replace("a,2", "c,2", StringComparison.Ordinal), ".csv", monitor: null);

        warnings.Single().ShouldContain("holds predictions of 2 models or versions");
    }

    [Theory]
    [InlineData("", ".npz", "an .npz has no ids to join labels by")]
    [InlineData("id,p0,p1\n", ".csv", "has no prediction; expected at least 1")]
    public void Files_WithoutPredictionsToJoin_AreRefused(string content, string extension, string expected) =>
        Should.Throw<TraceFileException>(() => Read(content, extension, monitor: null)).Message.ShouldContain(expected);

    private static (List<ScoredRow> Rows, string[] Warnings) Read(string content, string extension, string? monitor)
    {
        using var file = new TemporaryTrace(extension, content);
        using var scorer = RowScorer.Of(monitor);
        var reader = new ScoredRows(new OfflineInput(file.Path, new TraceOptions(), monitor), scorer);
        List<ScoredRow> rows = [];
        reader.Read(rows.Add);
        return (rows, [.. reader.Warnings()]);
    }

    private static byte[] Monitor(int classes)
    {
        var shape = new MonitorMetadata
        {
            Encoding = MonitorEncoding.SortedLog,
            ClassCount = classes,
            Members = 2,
            MaskSeed = 7,
            DropoutRate = 0.5,
            HiddenWidths = [4],
        };
        var inputs = FeatureEncoding.Width(shape.Encoding, classes);
        return MonitorFile.Write(
            shape,
            new MonitorWeights(
                new float[inputs], [.. Enumerable.Repeat(1f, inputs)], 0,
                [new DenseLayer(inputs, 4, new float[inputs * 4], new float[4]), new DenseLayer(4, 1, new float[4], [0.5f])])).Onnx;
    }
}
