using System.Text;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Evaluation.Traces.Tables;

namespace AccuracyMonitor.Evaluation.Tests.Traces;

public class CsvTraceTests
{
    [Fact]
    public void Without_conditions_it_is_the_reference_and_other_columns_are_passed_over()
    {
        var trace = Open("id,label,p00,p01,note\na,1,0.25,0.75,\"two\nlines\"\n\nb,0,1,0,\n");

        trace.Conditions.ShouldBe(["reference"]);
        trace.Load("reference").Labels.ShouldBe([1, 0]);
        trace.Load("reference").Probabilities.ShouldBe([0.25f, 0.75f, 1, 0]);
    }

    [Fact]
    public void Numbered_features_beside_probabilities_are_told_apart() =>
        Open("f0,f1,f2,probs_0,probs_1,label\n7,8,9,0.5,0.5,1\n").Load("reference").Probabilities.ShouldBe([0.5f, 0.5f]);

    [Fact]
    public void A_row_without_a_label_is_left_out_and_counted()
    {
        var trace = Open("label,p0,p1\n1,0.5,0.5\n,0.25,0.75\n");

        trace.Load("reference").Probabilities.ShouldBe([0.5f, 0.5f]);
        trace.Unlabelled("reference").ShouldBe(1);
    }

    [Fact]
    public void Rows_rounded_to_two_digits_are_read_at_both_ends_of_the_bound() =>
        Open("label,p0,p1,p2\n0,0.33,0.33,0.35\n1,0.5,0.25,0.26\n2,0.33,0.33,0.33\n").Load("reference").Labels.ShouldBe([0, 1, 2]);

    [Fact]
    public void A_condition_without_any_label_says_so() =>
        Message("label,p0,p1\n,0.5,0.5\n", t => t.Load("reference"))
            .ShouldBe("condition 'reference' has no label for any of its 1 rows; at least 1 is needed (another name: --map label=NAME).");

    [Theory]
    [InlineData("", "is empty; expected a header.")]
    [InlineData("label,p0,p1\n", "has no row; expected at least 1.")]
    [InlineData("p0,p1\n0.5,0.5\n", "column 'label' is missing (another name: --map label=NAME). It has: p0, p1.")]
    [InlineData("label,label,p0,p1\n", "column 'label' is there more than once.")]
    [InlineData("label,a,b\n0,3,4\n", "has no probability columns; expected p0, p1, … (or another common prefix), columns named by class, or a list "
        + "'probabilities'; "
        + "another name: --map probabilities=NAME. It has: label, a, b.")]
    [InlineData("label,p0,p2\n0,1,0\n", "column 'p2' does not fit among 2 probability columns; expected p0…p1, each once.")]
    [InlineData("label,p0,p1,p1\n0,1,0,0\n", "column 'p1' does not fit among 3 probability columns; expected p0…p2, each once.")]
    [InlineData("label,a0,a1,b0,b1\n0,1,0,0,1\n", "several groups of numbered columns: a0…, b0…. Name one: --map probabilities=a.")]
    [InlineData("label,p0,p1\n1,0.5\n", "line 2: 2 fields; the header has 3, separated by commas (another delimiter: --delimiter).")]
    [InlineData("label,p0,p1\n1,0.5,x\n", "line 2: 'p1' is 'x'; expected a number.")]
    [InlineData("label,p0,p1\n1,0.5,\n", "line 2: 'p1' is ''; expected a number.")]
    [InlineData("label,p0,p1\n0,0.5,0.5\n0,NaN,1\n", "line 3: 'p0': probability NaN is outside [0, 1].")]
    [InlineData("label,p0,p1\n0,1.25,-0.25\n", "line 2: 'p0': probability 1.25 is outside [0, 1] (logits? --form logits).")]
    [InlineData("label,p0,p1\n0,-0.25,1\n", "line 2: 'p0': probability -0.25 is outside [0, 1] (logits? --form logits).")]
    [InlineData("label,p0,p1\n0,0.5,0.25\n", "line 2: sums to 0.75; expected 1 within 0.01.")]
    [InlineData("label,p0,p1\n2,0.5,0.5\n", "line 2: 'label' is 2; expected 0…1 (labels that count from 1: --classes-from 1).")]
    [InlineData("label,p0,p1\n-1,0.5,0.5\n", "line 2: 'label' is -1; expected 0…1.")]
    [InlineData("label,p0,p1\ncat,0.5,0.5\n", "line 2: 'label' is 'cat'; expected a class index, 0…1 (names: --classes FILE, one a line in the order of the "
        + "probabilities).")]
    [InlineData("condition,label,p0,p1\n,1,0.5,0.5\n", "line 2: 'condition' is empty; name it, or leave it out.")]
    public void A_defect_is_named_with_its_line_column_value_and_bound(string text, string expected) => Message(text, _ => { }).ShouldBe(expected);

    [Theory]
    [InlineData("label,p0,p1\n0,0.5,\"0.5\n1,0.5,0.5\n")]
    [InlineData("label,p0,p1\n0,0.5,0\"5\n")]
    public void A_quote_out_of_place_is_named_with_its_line(string text) => Message(text, _ => { }).ShouldContain(": a quote is out of place.");

    [Fact]
    public void Text_that_is_not_UTF8_is_named()
    {
        using var file = new TemporaryTrace(".csv", [.. "label,p0,p1\n0,0.5,0.5"u8, 0xFF, .. "\n"u8]);
        Should.Throw<TraceFileException>(() => TraceFile.Open(file.Path)).Message.ShouldContain("not UTF-8");
    }

    [Theory]
    [InlineData("label,p0,p1\n1,0.5,0.5\n1,0.5,0.5", 3)]
    [InlineData("label,p0,p1\n1,0.5,0.5\n1,0.5,\"0.5\n", 3)]
    [InlineData("label,p0,p1", 1)]
    public void A_row_without_an_end_is_refused_before_memory_is_taken(string start, int line)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(start + new string('0', 1 << 20)));

        Should.Throw<TraceFileException>(() =>
        {
            using var rows = new CsvRows("x.csv", stream, null, mostCharacters: 100_000);
            while (rows.Read())
            {
            }
        }).Message.ShouldBe($"x.csv: line {line}: a row of more than 100000 characters.");
    }

    [Fact]
    public void A_row_may_be_long()
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(new string('0', 50_000) + "\n", 20))));
        using var rows = new CsvRows("x.csv", stream, ',', mostCharacters: 60_000);
        var count = 0;
        while (rows.Read())
        {
            count++;
        }

        count.ShouldBe(19);
    }

    private static TraceFile Open(string text)
    {
        using var file = new TemporaryTrace(".csv", text);
        return TraceFile.Open(file.Path);
    }

    /// <summary>Without the file's name, which must come first.</summary>
    private static string Message(string text, Action<TraceFile> act)
    {
        using var file = new TemporaryTrace(".csv", text);
        var message = Should.Throw<TraceFileException>(() => act(TraceFile.Open(file.Path))).Message;
        message.ShouldStartWith($"{file.Path}: ");
        return message[(file.Path.Length + 2)..];
    }
}
