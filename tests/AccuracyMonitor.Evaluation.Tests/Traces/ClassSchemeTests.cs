using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Evaluation.Traces.Tables;

namespace AccuracyMonitor.Evaluation.Tests.Traces;

/// <summary>Labels that are names, numbers, or names that are numbers.</summary>
public class ClassSchemeTests
{
    private static readonly TraceOptions OneToTen = new() { Classes = [.. Enumerable.Range(1, 10).Select(i => $"{i}")] };

    [Theory]
    [InlineData("2.0", 0)]
    [InlineData("2", 0)]
    [InlineData("4.00", 1)]
    [InlineData("8e0", 2)]
    public void A_label_among_columns_named_by_numbers_is_the_name_of_that_number(string label, int expected) =>
        TextTrace.Open(".csv", $"2,4,8,label\n0.2,0.3,0.5,{label}\n").Load("reference").Labels.ShouldBe([expected]);

    [Theory]
    [InlineData("1.0", 0)]
    [InlineData("10.0", 9)]
    public void A_label_among_given_names_that_are_numbers_is_the_name_of_that_number(string label, int expected) =>
        TextTrace.Open(".csv", $"p0,p1,p2,p3,p4,p5,p6,p7,p8,p9,label\n0,0,0,0,0,0,0,0,0,1,{label}\n", OneToTen).Load("reference").Labels
            .ShouldBe([expected]);

    [Theory]
    [InlineData("1", "1")]
    [InlineData("1.5", "1.5")]
    public void A_number_that_is_no_name_is_no_index_where_names_are_numbers(string label, string shown) =>
        TextTrace.Message(".csv", $"3,7,9,label\n0.2,0.3,0.5,{label}\n").ShouldEndWith($"line 2: 'label' is {shown}; expected one of 3, 7, 9.");

    [Fact]
    public void A_number_is_no_index_where_one_name_is_a_number() =>
        TextTrace.Message(".csv", "p0,p1,p2,label\n0.2,0.3,0.5,2\n", new TraceOptions { Classes = ["cat", "1", "dog"] })
            .ShouldEndWith("'label' is 2; expected one of cat, 1, dog.");

    [Fact]
    public void Two_names_of_one_number_are_told_apart_by_their_text_alone()
    {
        var options = new TraceOptions { Classes = ["1", "01"] };
        TextTrace.Open(".csv", "p0,p1,label\n0.5,0.5,01\n", options).Load("reference").Labels.ShouldBe([1]);
        TextTrace.Message(".csv", "p0,p1,label\n0.5,0.5,1.0\n", options).ShouldEndWith("'label' is 1.0; expected one of 1, 01.");
    }

    [Fact]
    public void A_label_is_an_index_where_no_name_is_a_number() =>
        TextTrace.Open(".csv", "p0,p1,label\n0.5,0.5,1.0\n", new TraceOptions { Classes = ["cat", "dog"] }).Load("reference").Labels.ShouldBe([1]);

    [Theory]
    [InlineData("True", "False")]
    [InlineData("1", "0")]
    public void A_truth_value_is_the_name_that_says_it(string first, string second) =>
        TextTrace.Open(".jsonl", """{"probs":[0.5,0.5],"label":true}""", new TraceOptions { Classes = [first, second] }).Load("reference").Labels
            .ShouldBe([0]);

    [Fact]
    public void A_top_k_list_names_classes_by_their_numbers() =>
        TextTrace.Open(".jsonl", """{"top":[{"class":2,"p":0.7},{"class":1.0,"p":0.3}],"label":2}""", new TraceOptions { Classes = ["2", "1"] })
            .Load("reference").Probabilities.ShouldBe([0.7f, 0.3f]);

    [Fact]
    public void Labels_of_an_npz_are_names_where_names_are_numbers()
    {
        using var npz = new NpzWriter().Add("probs", "<f4", "1, 3", 0.2f, 0.3f, 0.5f).Add<ushort>("labels", "<u2", "1,", 2);
        var path = npz.Write();
        TraceFile.Open(path, new TraceOptions { Classes = ["2", "4", "8"] }).Load("reference").Labels.ShouldBe([0]);
        Should.Throw<TraceFileException>(() => TraceFile.Open(path, new TraceOptions { Classes = ["3", "4", "8"] }).Load("reference")).Message
            .ShouldEndWith("'labels.npy' row 0: label 2 is not one of 3, 4, 8.");
    }
}
