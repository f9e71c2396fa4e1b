using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Evaluation.Traces.Tables;

namespace AccuracyMonitor.Evaluation.Tests.Traces;

/// <summary>What a user says about an .npz, and what is told about it.</summary>
public class NpzOptionsTests
{
    [Theory]
    [InlineData("2, 2")]
    [InlineData("1, 4")]
    public void One_probability_a_row_is_refused_in_an_array_of_several_columns(string shape)
    {
        using var npz = new NpzWriter().Add("probs", "<f4", shape, 0.1f, 0.2f, 0.3f, 0.4f)
            .Add<ushort>("labels", "<u2", $"{shape[0]},", shape == "2, 2" ? [0, 1] : [0]);
        Should.Throw<TraceFileException>(() => TraceFile.Open(npz.Write(), new TraceOptions { Form = OutputForm.Sigmoid }).Load("reference")).Message
            .ShouldEndWith($"'probs.npy' has shape ({shape}); --form sigmoid is for one column, (n) or (n, 1).");
    }

    [Theory]
    [InlineData("2,")]
    [InlineData("2, 1")]
    public void One_probability_a_row_is_read_from_one_column(string shape)
    {
        using var npz = new NpzWriter().Add("probs", "<f4", shape, 0.25f, 1f).Add<ushort>("labels", "<u2", "2,", 0, 1);
        TraceFile.Open(npz.Write(), new TraceOptions { Form = OutputForm.Sigmoid }).Load("reference").Probabilities.ShouldBe([0.75f, 0.25f, 0, 1]);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Another_number_of_names_than_of_classes_is_refused(int names)
    {
        using var npz = new NpzWriter().Add("probs", "<f4", "1, 3", 0.2f, 0.3f, 0.5f).Add<ushort>("labels", "<u2", "1,", 2);
        var options = new TraceOptions { Classes = [.. Enumerable.Range(0, names).Select(i => $"class {i}")] };
        Should.Throw<TraceFileException>(() => string.Join('\n', TraceFile.Open(npz.Write(), options).Understood.Lines())).Message
            .ShouldEndWith($"'probs.npy' has 3 classes; --classes names {names}.");
    }

    [Fact]
    public void The_share_of_labels_is_not_told_before_they_are_read_where_some_may_be_missing()
    {
        using var some = new NpzWriter().Add("probs", "<f4", "2, 2", 0.5f, 0.5f, 0.5f, 0.5f).Add("labels", "<f8", "2,", 1, double.NaN);
        string.Join('\n', TraceFile.Open(some.Write()).Understood.Lines()).ShouldNotContain("labelled");
        using var all = new NpzWriter().Add("probs", "<f4", "2, 2", 0.5f, 0.5f, 0.5f, 0.5f).Add<ushort>("labels", "<u2", "2,", 1, 0);
        string.Join('\n', TraceFile.Open(all.Write()).Understood.Lines()).ShouldContain("2 rows, 100 % labelled");
    }

    [Fact]
    public void A_row_that_is_left_out_counts_once_however_often_its_condition_is_loaded()
    {
        using var npz = WithDefect();
        var trace = TraceFile.Open(npz.Write(), new TraceOptions { MaxErrors = 1 });

        trace.Load("reference").Count.ShouldBe(1);
        trace.Load("reference").Count.ShouldBe(1);

        trace.Understood.Skipped.ShouldHaveSingleItem().ShouldContain("row 1: sums to 0.75");
    }

    [Fact]
    public void A_row_with_a_defect_is_not_one_without_a_label()
    {
        using var npz = WithDefect();
        TraceFile.Open(npz.Write(), new TraceOptions { MaxErrors = 1 }).Unlabelled("reference").ShouldBe(1);
    }

    [Fact]
    public void Rows_that_are_left_out_are_told_before_their_condition_is_loaded()
    {
        using var npz = WithDefect();
        var lines = string.Join('\n', TraceFile.Open(npz.Write(), new TraceOptions { MaxErrors = 1 }).Understood.Lines());
        lines.ShouldContain("2 rows, 50 % labelled");
        lines.ShouldContain("warning: 1 rows with a defect are left out: ");
    }

    [Fact]
    public void More_rows_with_a_defect_than_may_be_left_out_are_an_error()
    {
        using var npz = new NpzWriter().Add("probs", "<f4", "3, 2", 0.5f, 0.5f, 0.5f, 0.25f, 2f, 0.5f).Add<ushort>("labels", "<u2", "3,", 1, 1, 1);
        Should.Throw<TraceFileException>(() => TraceFile.Open(npz.Write(), new TraceOptions { MaxErrors = 1 }).Load("reference")).Message
            .ShouldEndWith("row 2: probability 2 is outside [0, 1] (logits? --form logits). 1 rows before have a defect too; --max-errors is 1.");
    }

    /// <summary>A row to use, one with a defect, one without a label.</summary>
    private static NpzWriter WithDefect() =>
        new NpzWriter().Add("probs", "<f4", "3, 2", 0.5f, 0.5f, 0.5f, 0.25f, 0.5f, 0.5f).Add("labels", "<f8", "3,", 1, 1, double.NaN);
}
