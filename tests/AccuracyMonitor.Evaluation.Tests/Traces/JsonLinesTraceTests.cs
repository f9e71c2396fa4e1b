using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Evaluation.Traces.Tables;

namespace AccuracyMonitor.Evaluation.Tests.Traces;

public class JsonLinesTraceTests
{
    private const string A = """{"id":"a","probabilities":[0.25,0.75]}""";

    [Fact]
    public void A_later_label_belongs_to_its_prediction_and_the_last_one_counts()
    {
        var trace = Open(
            A,
            """{"id":"b","condition":"fog","probabilities":[0.5,0.5],"label":0}""",
            """{"id":"a","label":1,"time":"2026-01-01T00:00:00Z"}""",
            """{"id":"b","label":1}""",
            """{"id":"c","probabilities":[1,0],"label":null,"more":{"x":[]}}""");

        trace.FileOrder.ShouldBe(["reference", "fog"]);
        trace.Load("reference").Labels.ShouldBe([1]);
        trace.Load("fog").Labels.ShouldBe([1]);
        trace.Unlabelled("reference").ShouldBe(1);
        trace.Unlabelled("fog").ShouldBe(0);
    }

    [Fact]
    public void Every_property_of_a_line_is_read()
    {
        using var file = new TemporaryTrace(
            ".jsonl",
            """{"id":"a1","time":"2026-01-01T01:00:00+01:00","condition":"clean","""
                + """ "model":"m","version":"1","segment":"eu","probabilities":[0.1,0.9],"label":1}""");

        var line = Entries(file.Path).Single();

        line.Number.ShouldBe(1);
        line.Id.ShouldBe("a1");
        line.Time.ShouldBe(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        (line.Condition, line.Model, line.Version, line.Segment).ShouldBe(("clean", "m", "1", "eu"));
        line.Probabilities.ShouldBe([0.1f, 0.9f]);
        line.Label.ShouldBe(1);
    }

    [Fact]
    public void A_time_without_an_offset_is_UTC()
    {
        using var file = new TemporaryTrace(".jsonl", """{"time":"2026-01-01T00:00:00","probabilities":[0.1,0.9]}""");
        Entries(file.Path).Single().Time.ShouldBe(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    }

    [Theory]
    [InlineData("", "has no row; expected at least 1.")]
    [InlineData("[1]", "line 1: is Number; expected an object.")]
    [InlineData("7", "line 1: is Number; expected an object.")]
    [InlineData("[{\"probabilities\":[0.5,0.5],\"label\":1},", "line 1: the array is cut off; expected ']' at its end.")]
    [InlineData("""{"id":"a"}""", "line 1: has neither 'probabilities' nor 'label'.")]
    [InlineData("""{"label":1}""", "line 1: has a 'label' without probabilities and without an 'id'.")]
    [InlineData("""{"id":"x","label":1}""", "line 1: a label for 'x', which is no prediction on an earlier line.")]
    [InlineData(A + "\n\n" + A, "line 3: 'id' is 'a', as on line 1; an id is one prediction's.")]
    [InlineData(A + "\n{\"probabilities\":[0.5,0.25,0.25]}", "line 2: 3 probabilities; line 1 has 2.")]
    [InlineData("""{"probabilities":[1]}""", "line 1: 1 probabilities; expected at least 2 (one probability, of class 1 of two: --form sigmoid).")]
    [InlineData("""{"probabilities":0.5}""", "line 1: 'probabilities' is 0.5; expected an array of numbers (one probability, of class 1 of two: --form "
        + "sigmoid).")]
    [InlineData("""{"probabilities":[0.5,"NaN"]}""", "line 1: 'probabilities[1]': probability NaN is outside [0, 1].")]
    [InlineData("""{"probabilities":[1.5,-0.5]}""", "line 1: 'probabilities[0]': probability 1.5 is outside [0, 1] (logits? --form logits).")]
    [InlineData("""{"probabilities":[1e99,0]}""", "line 1: 'probabilities[0]': probability Infinity is outside [0, 1].")]
    [InlineData("""{"probabilities":[0.5,0.25]}""", "line 1: sums to 0.75; expected 1 within 0.01.")]
    [InlineData("""{"probabilities":[0.5,0.5],"label":2}""", "line 1: 'label' is 2; expected 0…1 (labels that count from 1: --classes-from 1).")]
    [InlineData("""{"probabilities":[0.5,0.5],"label":0.5}""", "line 1: 'label' is 0.5; expected a class index, 0…1.")]
    [InlineData("""{"probabilities":[0.5,0.5],"id":[7]}""", "line 1: 'id' is [7]; expected a string.")]
    [InlineData("""{"probabilities":[0.5,0.5],"condition":""}""", "line 1: 'condition' is empty; name it, or leave it out.")]
    [InlineData("""{"probabilities":[0.5,0.5],"time":"noon"}""",
        "line 1: 'time' is 'noon'; expected ISO 8601, as 2026-01-01T00:00:00Z, or a number since 1970; "
        + "another format: --time-format \"dd/MM/yyyy HH:mm:ss\".")]
    public void A_defect_is_named_with_its_line_property_value_and_bound(string text, string expected)
    {
        using var file = new TemporaryTrace(".jsonl", text);
        Should.Throw<TraceFileException>(() => TraceFile.Open(file.Path)).Message.ShouldBe($"{file.Path}: {expected}");
    }

    [Fact]
    public void A_line_that_is_cut_off_is_named()
    {
        using var file = new TemporaryTrace(".jsonl", A + "\n" + A[..20]);
        Should.Throw<TraceFileException>(() => TraceFile.Open(file.Path)).Message.ShouldStartWith($"{file.Path}: line 2: is not JSON (cut off?)");
    }

    [Theory]
    [InlineData("[{0}]{0}", 1)]
    [InlineData("[{0}]\n{0}\n", 2)]
    [InlineData("[{0}]\n\n[{0}]", 3)]
    [InlineData("[]x", 1)]
    public void Text_behind_the_end_of_an_array_is_refused(string format, int line)
    {
        using var file = new TemporaryTrace(".json", format.Replace("{0}", """{"probs":[0.5,0.5],"label":1}""", StringComparison.Ordinal));
        Should.Throw<TraceFileException>(() => TraceFile.Open(file.Path)).Message
            .ShouldBe($"{file.Path}: line {line}: text behind the end of the array; expected one array, or a row on each line.");
    }

    [Fact]
    public void Blank_lines_behind_the_end_of_an_array_are_passed_over() =>
        Open("""[{"probs":[0.5,0.5],"label":1}]""", " ", "\t\r", "").Load("reference").Count.ShouldBe(1);

    [Theory]
    [InlineData("\\udce9_0.png")]
    [InlineData("\\udce9")]
    [InlineData("Na\\udce9")]
    public void An_id_that_begins_with_half_of_a_surrogate_pair_stays_escaped(string id)
    {
        using var file = new TemporaryTrace(".jsonl", $$"""{"id":"{{id}}","probabilities":[0.5,0.5],"label":1}""");
        Entries(file.Path).Single().Id.ShouldBe(id);
    }

    [Theory]
    [InlineData("\"\\udce9\"", "'probabilities' is '\\udce9'; expected an array of numbers.")]
    [InlineData("[0.5,\"\\udce9\"]", "'probabilities' is an array whose element 1 is \"\\udce9\"; expected an array of numbers.")]
    public void Half_of_a_surrogate_pair_is_no_number(string value, string expected)
    {
        using var file = new TemporaryTrace(".jsonl", $$"""{"probabilities":{{value}},"label":1}""");
        Should.Throw<TraceFileException>(() => TraceFile.Open(file.Path)).Message.ShouldBe($"{file.Path}: line 1: {expected}");
    }

    private static List<TraceEntry> Entries(string path)
    {
        var entries = new List<TraceEntry>();
        new EntryReader(path, new TraceOptions(), needsLabel: false).Read(entries.Add);
        return entries;
    }

    private static TraceFile Open(params string[] lines)
    {
        using var file = new TemporaryTrace(".jsonl", string.Join('\n', lines));
        return TraceFile.Open(file.Path);
    }
}
