using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Evaluation.Traces.Tables;

namespace AccuracyMonitor.Evaluation.Tests.Traces;

public sealed class LabelJoinTests
{
    private const string Predictions = "id,p0,p1,p2,p3\n"
        + "a,0.7,0.1,0.1,0.1\nb,0.1,0.7,0.1,0.1\nc,0.1,0.1,0.7,0.1\nd,0.1,0.1,0.1,0.7\ne,0.7,0.1,0.1,0.1\n";

    [Theory]
    [InlineData("id,label\na,0\nb,1\nd,3\n")]
    [InlineData("\uFEFFid;label;inclusion_probability\r\nd;3.0;0,5\r\nb;1.0;0,25\r\na;0.0;1\r\nc;;0,5\r\n;;\r\n")]
    [InlineData("sep=;\r\nlabel;id\r\n3,0;d\r\n1,0;b\r\n0,0;a\r\n")]
    [InlineData("id,label\na,0\na,0.0\nb,1\nd,3\nc,nan\n")]
    public void Labels_OfASpreadsheet_AreJoinedById(string labels)
    {
        var entries = Read(labels, out _);

        entries.Select(e => e.Label).ShouldBe([0, 1, null, 3, null]);
    }

    [Fact]
    public void InclusionProbabilities_ComeWithTheLabels()
    {
        Read("id,label,inclusion_probability\na,0,0.5\nb,,0.25\n", out var outcome).Select(e => e.InclusionProbability).ShouldBe([0.5, 0.25, null, null, null]);
        (outcome.HasInclusion, outcome.Ids, outcome.Joined, outcome.Empty).ShouldBe((true, 2, 1, 1));
    }

    [Fact]
    public void Labels_ThatCannotCount_AreCountedAndNamed()
    {
        var entries = Read("id,label\na,0\na,0\nb,1\nb,2\nc,7\nd,\nx,1\ny,\n,3\n", out var outcome);

        entries.Select(e => e.Label).ShouldBe([0, null, null, null, null]);
        outcome.Duplicates.ShouldBe(1);
        outcome.WithoutId.ShouldBe(1);
        outcome.Empty.ShouldBe(2);
        outcome.Unknown.ToString().ShouldBe("2 ('x', 'y')");
        outcome.Contradictory.ToString().ShouldBe("1 ('b': 1 and 2)");
        outcome.Outside.ToString().ShouldBe("1 (7 of 'c')");
        outcome.Warnings().Count().ShouldBe(5);
    }

    [Fact]
    public void Names_TypedInAnotherCase_AreTaken_UnlessTwoClassesDifferInCaseOnly()
    {
        using var predictions = new TemporaryTrace(".csv", "id,cat,dog,DOG\na,0.7,0.2,0.1\nb,0.1,0.7,0.2\n");
        using var file = new TemporaryTrace(".csv", "id,label\na,CAT\nb,Dog\n");
        List<TraceEntry> entries = [];
        var reader = new EntryReader(predictions.Path, new TraceOptions { Labels = new LabelSource(file.Path) }, needsLabel: false);

        reader.Read(entries.Add);

        entries.Select(e => e.Label).ShouldBe([0, null]);
        reader.Understood.Joined!.Warnings().ShouldBe(
        [
            "labels that are no class: 1 ('Dog' of 'b'); expected one of cat, dog, DOG. They do not count.",
            "1 labels differ from the name of a class in upper and lower case only, and are taken for it.",
        ]);
    }

    [Fact]
    public void Trace_WithLabelsOfAnotherFile_IsLoadedWithThem()
    {
        using var predictions = new TemporaryTrace(".csv", Predictions);
        using var labels = new TemporaryTrace(".jsonl", "{\"key\":\"a\",\"truth\":0}\n{\"key\":\"d\",\"truth\":0}\n");
        var options = new TraceOptions { Labels = new LabelSource(labels.Path) { IdColumn = "key", LabelColumn = "truth" } };

        var trace = TraceFile.Open(predictions.Path, options);

        trace.Load(TraceFile.Reference).Labels.ShouldBe([0, 0]);
        trace.Unlabelled(TraceFile.Reference).ShouldBe(3);
        trace.Understood.Lines().ShouldContain(line => line.Contains("2 joined by id", StringComparison.Ordinal));
    }

    [Fact]
    public void OwnLabels_OfALog_AreThoseOfTheLastLine_AlsoWhereRowsHaveNoId()
    {
        using var log = new TemporaryTrace(
            ".jsonl",
            """
            {"id":"a","probabilities":[0.9,0.1]}
            {"probabilities":[0.8,0.2],"label":1}
            {"id":"a","label":0}
            {"id":"a","label":1}
            """);
        List<TraceEntry> entries = [];

        new EntryReader(log.Path, new TraceOptions { Labels = new LabelSource(log.Path) { IsTrace = true } }, needsLabel: false).Read(entries.Add);

        entries.Select(e => e.Label).ShouldBe([1, 1]);
    }

    [Theory]
    [InlineData("key,label\na,0\n", "column 'id' is missing (another name: --id-column NAME). It has: key, label.")]
    [InlineData("id,truth\na,0\n", "column 'label' is missing (another name: --label-column NAME). It has: id, truth.")]
    [InlineData("id,label,inclusion_probability\na,0,1.5\n", "line 2: 'inclusion_probability' is 1.5; expected a number above 0 and at most 1")]
    [InlineData("id,label,id\na,0,b\n", "column 'id' is there more than once")]
    public void Files_ThatCannotBeJoined_AreRefused(string labels, string expected) =>
        Should.Throw<TraceFileException>(() => Read(labels, out _)).Message.ShouldContain(expected);

    private static List<TraceEntry> Read(string labels, out LabelOutcome outcome)
    {
        using var predictions = new TemporaryTrace(".csv", Predictions);
        using var file = new TemporaryTrace(".csv", labels);
        List<TraceEntry> entries = [];
        var reader = new EntryReader(predictions.Path, new TraceOptions { Labels = new LabelSource(file.Path) }, needsLabel: false);
        reader.Read(entries.Add);
        outcome = reader.Understood.Joined!;
        return entries;
    }
}
