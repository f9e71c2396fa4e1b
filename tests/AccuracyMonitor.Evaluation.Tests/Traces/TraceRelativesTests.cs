using System.IO.Compression;
using System.Text;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Evaluation.Traces.Tables;

namespace AccuracyMonitor.Evaluation.Tests.Traces;

/// <summary>Relatives of the files in <see cref="TraceCasesTests"/>.</summary>
public class TraceRelativesTests
{
    private static readonly TraceOptions Default = new();

    [Fact]
    public void Columns_named_by_class_are_told_from_features_by_their_sum()
    {
        var trace = Open(".csv", "age,cat,dog,fox,weight,label\n31,0.2,0.3,0.5,0.9,fox\n44,0.1,0.8,0.1,0.4,dog\n");

        trace.Load("reference").Labels.ShouldBe([2, 1]);
        trace.Load("reference").Probabilities.ShouldBe([0.2f, 0.3f, 0.5f, 0.1f, 0.8f, 0.1f]);
    }

    [Fact]
    public void Class_p10_comes_after_p2()
    {
        var names = string.Join(',', Enumerable.Range(0, 11).Select(i => $"p{i}").Order(StringComparer.Ordinal));
        var values = string.Join(',', Enumerable.Range(0, 11).Select(i => $"p{i}").Order(StringComparer.Ordinal).Select(n => n == "p10" ? "1" : "0"));

        Open(".csv", $"label,{names}\n10,{values}\n").Load("reference").Row(0)[10].ShouldBe(1);
    }

    [Fact]
    public void Names_of_labels_need_a_list_of_names()
    {
        const string Text = "label,p0,p1\ndog,0.5,0.5\n";
        Message(".csv", Text).ShouldContain("names: --classes FILE");
        Open(".csv", Text, Default with { Classes = ["cat", "dog"] }).Load("reference").Labels.ShouldBe([1]);
        Open(".csv", "label,dog,cat\ndog,0.75,0.25\n", Default with { Classes = ["cat", "dog"] }).Load("reference").Probabilities.ShouldBe([0.25f, 0.75f]);
    }

    [Theory]
    [InlineData(nameof(OutputForm.Logits), "0", "2", 0.1192f)]
    [InlineData(nameof(OutputForm.Log), "-0.6931472", "-0.6931472", 0.5f)]
    public void Other_forms_become_probabilities(string form, string a, string b, float expected)
    {
        var row = Open(".csv", $"label,p0,p1\n0,{a},{b}\n", Default with { Form = Enum.Parse<OutputForm>(form) }).Load("reference").Row(0);
        row[0].ShouldBe(expected, 1e-4f);
        row[1].ShouldBe(1 - expected, 1e-4f);
    }

    [Fact]
    public void A_list_called_logits_says_its_form()
    {
        var trace = Open(".jsonl", """{"logits":[0,2],"label":1}""");
        trace.Load("reference").Row(0)[1].ShouldBe(0.8808f, 1e-4f);
        trace.Understood.Form.ShouldBe("logits");
    }

    [Theory]
    [InlineData("probabilities=softmax_out", """{"softmax_out":[0.25,0.75],"y":1}""")]
    [InlineData("probabilities=out", """{"out":{"cat":0.25,"dog":0.75},"y":"dog"}""")]
    [InlineData("probabilities=out", """{"out0":0.25,"out1":0.75,"y":true}""")]
    [InlineData("probabilities=out", """{"out":[{"class":"1","p":0.75},{"class":0,"p":0.25}],"classes":2,"y":[0,1]}""")]
    public void Columns_have_any_name(string map, string line)
    {
        var options = Default with { Map = TraceOptions.ParseMap($"{map},label=y") };
        var set = Open(".jsonl", line, options).Load("reference");
        set.Labels.ShouldBe([1]);
        set.Probabilities.ShouldBe([0.25f, 0.75f]);
    }

    [Theory]
    [InlineData("probs=x")]
    [InlineData("label")]
    [InlineData("label=a,label=b")]
    public void A_mapping_that_is_none_is_named(string map) =>
        Should.Throw<FormatException>(() => TraceOptions.ParseMap(map)).Message.ShouldContain("is no mapping");

    [Theory]
    [InlineData("1760000000123456789", "nanoseconds since 1970")]
    [InlineData("1760000000123456", "microseconds since 1970")]
    [InlineData("1760000000.25", "seconds since 1970")]
    [InlineData("\"2025-10-09 08:53:20.123456789\"", "ISO 8601")]
    [InlineData("\"2025-10-09T10:53:20+02:00\"", "ISO 8601")]
    [InlineData("20251009", "ISO 8601")]
    public void Times_of_every_form_are_read(string time, string form)
    {
        var understood = Open(".jsonl", $$"""{"time":{{time}},"probabilities":[0.5,0.5],"label":0}""").Understood;
        understood.TimeForm.ShouldBe(form);
        understood.Earliest!.Value.UtcDateTime.Date.ShouldBe(new DateTime(2025, 10, 9));
    }

    [Fact]
    public void A_unit_that_changes_is_a_defect() =>
        Message(".jsonl", """
            {"time":1760000000,"probabilities":[0.5,0.5],"label":0}
            {"time":1760000000000,"probabilities":[0.5,0.5],"label":0}
            """).ShouldContain("line 2: 'time' is 1760000000000; expected a time as on the rows before, seconds since 1970");

    [Fact]
    public void Ids_are_numbers_too_and_keep_their_digits()
    {
        var trace = Open(".jsonl", """
            {"id":9007199254740993,"probabilities":[0.5,0.5]}
            {"id":9007199254740992,"probabilities":[0.5,0.5]}
            {"id":9007199254740993,"label":1}
            """);
        trace.Load("reference").Labels.ShouldBe([1]);
    }

    [Theory]
    [InlineData("sep=;\nlabel;p0;p1\n1;0,5;0,5\n")]
    [InlineData("label|p0|p1\n1|0.5|0.5\n")]
    [InlineData("label,probs\n1,\"[0.5, 0.5]\"\n")]
    [InlineData("label,probs\n1,[0.5 0.5]\n")]
    [InlineData(",0,1,label\n7,0.5,0.5,1\n")]
    [InlineData("label,p0,p1\nTrue,0.5,0.5\n")]
    public void Text_of_other_programs_is_read(string text)
    {
        var set = Open(".csv", text).Load("reference");
        set.Probabilities.ShouldBe([0.5f, 0.5f]);
        set.Labels.ShouldBe([1]);
    }

    [Fact]
    public void A_compressed_file_that_is_cut_off_is_refused()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes("label,p0,p1\n" + string.Concat(Enumerable.Range(1, 2000).Select(i => $"1,{1 - (i / 4096.0)},{i / 4096.0}\n"))));
        }

        var bytes = packed.ToArray();
        using var whole = new TemporaryTrace(".csv.gz", bytes);
        using var half = new TemporaryTrace(".csv.gz", bytes[..(bytes.Length / 2)]);
        TraceFile.Open(whole.Path).Load("reference").Count.ShouldBe(2000);
        Should.Throw<TraceFileException>(() => TraceFile.Open(half.Path)).Message.ShouldStartWith(half.Path);
    }

    [Fact]
    public void Zstandard_is_read_also_around_Parquet()
    {
        var parquet = new ParquetBytes().Column("label", 1).Column("p0", 0.5).Column("p1", 0.5).Write();
        using var compressor = new ZstdSharp.Compressor();
        using var file = new TemporaryTrace(".parquet.zst", compressor.Wrap(parquet).ToArray());
        TraceFile.Open(file.Path).Load("reference").Labels.ShouldBe([1]);
    }

    [Fact]
    public void Labels_shifted_by_one_are_warned_of()
    {
        var rows = string.Concat(Enumerable.Range(0, 60)
            .Select(i => $"{(i % 3) + 1},{(i % 3 == 0 ? 1 : 0)},{(i % 3 == 1 ? 1 : 0)},0,{(i % 3 == 2 ? 1 : 0)}\n"));
        var text = "label,p0,p1,p3,p2\n" + rows;
        Open(".csv", text).Understood.Warnings().ShouldHaveSingleItem().ShouldContain("if labels counted one lower: --classes-from 1?");
        Open(".csv", text, Default with { ClassesFrom = 1 }).Understood.Warnings().ShouldBeEmpty();
    }

    [Fact]
    public void More_defects_than_may_be_left_out_are_an_error() =>
        Message(".csv", "label,p0,p1\n0,2,2\n1,0.5,0.5\n0,x,0\n", Default with { MaxErrors = 1 })
            .ShouldEndWith("1 rows before have a defect too; --max-errors is 1.");

    [Fact]
    public void A_top_k_list_without_the_number_of_classes_says_what_is_missing() =>
        Message(".jsonl", """{"top":[{"class":1,"p":0.7}],"label":1}""").ShouldContain("expected 'classes' (K) beside it, or --classes FILE");

    [Fact]
    public void What_a_top_k_list_leaves_is_spread_and_said()
    {
        var trace = Open(".jsonl", """{"top":[{"class":1,"p":0.7}],"classes":4,"label":1}""");
        trace.Load("reference").Probabilities.ShouldBe([0.1f, 0.7f, 0.1f, 0.1f]);
        trace.Understood.Warnings().ShouldHaveSingleItem().ShouldStartWith("the top-k lists leave 30 % of the mass to several classes");
    }

    private static TraceFile Open(string extension, string text, TraceOptions? options = null)
    {
        using var file = new TemporaryTrace(extension, text);
        return TraceFile.Open(file.Path, options);
    }

    private static string Message(string extension, string text, TraceOptions? options = null)
    {
        using var file = new TemporaryTrace(extension, text);
        return Should.Throw<TraceFileException>(() => TraceFile.Open(file.Path, options)).Message;
    }
}
