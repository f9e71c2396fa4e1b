using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Evaluation.Traces.Tables;

namespace AccuracyMonitor.Evaluation.Tests.Traces;

public class TraceFileTests
{
    [Fact]
    public void Conditions_and_rows_are_read()
    {
        using var npz = new NpzWriter()
            .Add("reference__probs", "<f4", "2, 3", 0.5f, 0.25f, 0.25f, 0f, 0f, 1f).Add<ushort>("reference__labels", "<u2", "2,", 0, 2)
            .Add("gaussian_noise_3__probs", "<f8", "1, 3", 0.2, 0.2, 0.6).Add("gaussian_noise_3__labels", "<i8", "1,", 1L);

        var trace = TraceFile.Open(npz.Write());

        trace.Name.ShouldBe(npz.Name);
        trace.Conditions.ShouldBe(["gaussian_noise_3", "reference"]);
        var reference = trace.Load(TraceFile.Reference);
        reference.ClassCount.ShouldBe(3);
        reference.Labels.ShouldBe([0, 2]);
        reference.Row(1).ToArray().ShouldBe([0, 0, 1]);
        trace.Load("gaussian_noise_3").Probabilities.ShouldBe([0.2f, 0.2f, 0.6f]);
    }

    [Fact]
    public void Bare_keys_are_the_reference()
    {
        using var npz = new NpzWriter().Add("probs", "<f2", "1, 2", (Half)0.5, (Half)0.5).Add<byte>("labels", "|u1", "1,", 1);

        var trace = TraceFile.Open(npz.Write());

        trace.Conditions.ShouldBe(["reference"]);
        trace.Load(TraceFile.Reference).Labels.ShouldBe([1]);
    }

    [Theory]
    [InlineData("|i1")]
    [InlineData("|u1")]
    public void One_byte_labels(string type) => LabelsAre<byte>(type, 1);

    [Theory]
    [InlineData("<i2")]
    [InlineData("<u2")]
    public void Two_byte_labels(string type) => LabelsAre<short>(type, 1);

    [Theory]
    [InlineData("<i4")]
    [InlineData("<u4")]
    public void Four_byte_labels(string type) => LabelsAre(type, 1);

    [Theory]
    [InlineData("<i8")]
    [InlineData("<u8")]
    public void Eight_byte_labels(string type) => LabelsAre(type, 1L);

    [Fact]
    public void A_missing_file_is_named() => Message(() => TraceFile.Open("/nowhere/x.npz")).ShouldContain("/nowhere/x.npz");

    [Fact]
    public void A_file_that_is_no_archive_is_named()
    {
        using var file = new TemporaryTrace(".npz", "not a zip");
        Message(() => TraceFile.Open(file.Path)).ShouldContain($"{file.Path}: cannot be read as an .npz file");
    }

    [Fact]
    public void An_unknown_extension_is_answered_with_those_there_are() =>
        Message(() => TraceFile.Open("trace.arff"))
            .ShouldBe("trace.arff: extension '.arff' is of no trace format; expected .npz, .parquet, .csv, .tsv, .jsonl, .ndjson or .json, also with .gz or "
                + ".zst behind.");

    [Theory]
    [InlineData("/nowhere/x.csv")]
    [InlineData("/nowhere/x.jsonl")]
    [InlineData("/nowhere/x.parquet")]
    public void A_missing_file_of_any_format_is_named(string path) => Message(() => TraceFile.Open(path)).ShouldStartWith($"{path}: cannot be read: ");

    [Fact]
    public void An_archive_without_a_condition_says_what_is_expected()
    {
        using var npz = new NpzWriter().Add("weights", "<f4", "1,", 1f);
        Message(() => TraceFile.Open(npz.Write())).ShouldContain("<condition>__probs");
    }

    [Fact]
    public void A_condition_without_labels_names_the_missing_key()
    {
        using var npz = new NpzWriter().Add("clean__probs", "<f4", "1, 2", 0.5f, 0.5f);
        Message(() => TraceFile.Open(npz.Write())).ShouldContain("'clean__labels.npy' is missing");
    }

    [Fact]
    public void An_unknown_condition_is_answered_with_those_there_are()
    {
        using var npz = Valid();
        Message(() => TraceFile.Open(npz.Write()).Load("fog_3")).ShouldEndWith("no condition 'fog_3'. It has: clean.");
    }

    [Theory]
    [InlineData("4,", "2,", "'clean__probs.npy' has shape (4); expected (n, K) with K at least 2")]
    [InlineData("4, 1", "2,", "'clean__probs.npy' has shape (4, 1)")]
    [InlineData("2, 2", "1,", "'clean__labels.npy' has shape (1); expected (2)")]
    [InlineData("2, 2", "1, 2", "'clean__labels.npy' has shape (1, 2)")]
    public void Shapes_that_do_not_fit_are_named(string probabilities, string labels, string expected)
    {
        using var npz = new NpzWriter()
            .Add("clean__probs", "<f4", probabilities, 0.5f, 0.5f, 0.5f, 0.5f).Add<ushort>("clean__labels", "<u2", labels, 0, 0);
        Message(() => TraceFile.Open(npz.Write()).Load("clean")).ShouldContain(expected);
    }

    [Theory]
    [InlineData(float.NaN, 0.5f, "row 1: probability NaN is outside [0, 1]")]
    [InlineData(-0.1f, 1.1f, "row 1: probability -0.1 is outside [0, 1] (logits? --form logits)")]
    [InlineData(float.PositiveInfinity, 0, "row 1: probability Infinity is outside [0, 1]")]
    [InlineData(0.5f, 0.4f, "row 1: sums to 0.9; expected 1 within 0.01")]
    public void A_row_that_is_no_softmax_vector_is_named_with_its_bound(float a, float b, string expected)
    {
        using var npz = new NpzWriter()
            .Add("clean__probs", "<f4", "2, 2", 0.5f, 0.5f, a, b).Add<ushort>("clean__labels", "<u2", "2,", 0, 0);
        Message(() => TraceFile.Open(npz.Write()).Load("clean")).ShouldBe($"{npz.Path}: 'clean__probs.npy' {expected}.");
    }

    [Theory]
    [InlineData(2)]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public void A_label_that_is_no_class_is_named_with_its_bound(long label)
    {
        using var npz = new NpzWriter()
            .Add("clean__probs", "<f4", "2, 2", 0.5f, 0.5f, 0.5f, 0.5f).Add("clean__labels", "<i8", "2,", 0, label);
        var message = Message(() => TraceFile.Open(npz.Write()).Load("clean"));
        message.ShouldContain("'clean__labels.npy' row 1: label");
        message.ShouldContain("outside 0…1");
    }

    [Theory]
    [InlineData("{'descr': '>f4', 'fortran_order': False, 'shape': (1, 2), }", "element type '>f4'")]
    [InlineData("{'descr': '<f4', 'fortran_order': True, 'shape': (1, 1, 2), }", "Fortran order with 3 dimensions")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }", "truncated: expected 4 elements")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (999999999, 999999999), }", "at most 536870912 elements")]
    [InlineData("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1, 2), }", "header not understood")]
    public void An_array_in_another_form_is_named_with_what_was_found(string header, string expected)
    {
        using var npz = Valid().AddBytes("clean__probs", NpzWriter.Npy(header, new byte[8]));
        var message = Message(() => TraceFile.Open(npz.Write()).Load("clean"));
        message.ShouldStartWith($"{npz.Path}: 'clean__probs.npy': ");
        message.ShouldContain(expected);
    }

    [Fact]
    public void Any_truncation_is_refused_with_a_message()
    {
        var whole = NpzWriter.Npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }", new byte[8]);
        for (var length = 0; length < whole.Length; length++)
        {
            using var npz = Valid().AddBytes("clean__probs", whole[..length]);
            Message(() => TraceFile.Open(npz.Write()).Load("clean")).ShouldContain("clean__probs");
        }
    }

    private static void LabelsAre<T>(string type, T label)
        where T : unmanaged
    {
        using var npz = new NpzWriter().Add("clean__probs", "<f4", "1, 2", 0.5f, 0.5f).Add("clean__labels", type, "1,", label);
        TraceFile.Open(npz.Write()).Load("clean").Labels.ShouldBe([1]);
    }

    private static NpzWriter Valid() =>
        new NpzWriter().Add("clean__probs", "<f4", "1, 2", 0.5f, 0.5f).Add<ushort>("clean__labels", "<u2", "1,", 1);

    private static string Message(Action action) => Should.Throw<TraceFileException>(action).Message;
}
