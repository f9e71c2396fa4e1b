using AccuracyMonitor.Evaluation.Traces;

namespace AccuracyMonitor.Evaluation.Tests.Traces;

/// <summary>What a row with a defect says about the rows behind it is not believed.</summary>
public class MaxErrorsTests
{
    private static readonly TraceOptions One = new() { MaxErrors = 1 };
    private static readonly TraceOptions Two = new() { MaxErrors = 2 };

    [Fact]
    public void The_number_of_classes_is_that_of_the_first_row_without_a_defect()
    {
        var trace = TextTrace.Open(".jsonl", """
            {"probs":[0.5,0.5,0.5],"label":0}
            {"probs":[0.5,0.5],"label":0}
            {"probs":[0.25,0.75],"label":1}
            """, One);
        trace.Load("reference").Labels.ShouldBe([0, 1]);
        trace.Understood.Classes!.Count.ShouldBe(2);
        trace.Understood.Skipped.ShouldHaveSingleItem().ShouldContain("line 1: sums to 1.5");
    }

    [Fact]
    public void A_first_row_whose_label_is_none_says_nothing_about_the_classes() =>
        TextTrace.Open(".jsonl", """
            {"probs":[0.5,0.25,0.25],"label":7}
            {"probs":[0.5,0.5],"label":0}
            """, One).Load("reference").ClassCount.ShouldBe(2);

    [Fact]
    public void A_first_row_with_another_number_of_classes_than_names_is_one_with_a_defect() =>
        TextTrace.Open(".jsonl", """
            {"probs":[0.5,0.25,0.25],"label":0}
            {"probs":[0.5,0.5],"label":0}
            """, One with { Classes = ["cat", "dog"] }).Load("reference").Count.ShouldBe(1);

    [Fact]
    public void A_first_row_of_another_kind_says_nothing_about_the_outputs() =>
        TextTrace.Open(".jsonl", """
            {"probs":[{"class":0,"p":2}],"classes":4,"label":0}
            {"probs":[0.5,0.5],"label":0}
            """, One).Load("reference").ClassCount.ShouldBe(2);

    [Theory]
    [InlineData("x,0.3,0.5,cat")]
    [InlineData("0.2,0.3,5.5,cat")]
    [InlineData("0.2,0.3,0.1,cat")]
    [InlineData("0.2,0.3,0.5,bird")]
    public void One_row_with_a_defect_does_not_hide_columns_named_by_class(string defect)
    {
        var trace = TextTrace.Open(".csv", $"cat,dog,fox,label\n0.2,0.3,0.5,fox\n{defect}\n0.6,0.3,0.1,cat\n", One);
        trace.Load("reference").Labels.ShouldBe([2, 0]);
        trace.Understood.Skipped.ShouldHaveSingleItem().ShouldContain("line 3");
    }

    /// <summary>A feature that is 0 in most rows is no class, although with it most rows sum to 1.</summary>
    [Theory]
    [InlineData("0.6,0.3,0.1", 0)]
    [InlineData("0.6,0.3,0.4", 1)]
    public void Columns_that_fit_the_most_rows_are_the_outputs(string last, int skipped)
    {
        var rows = string.Concat(Enumerable.Range(0, 20).Select(i => $"{(i % 4 == 0 ? 0.5 : 0)},0.2,0.3,0.5,fox\n"));
        var trace = TextTrace.Open(".csv", $"sparse,cat,dog,fox,label\n{rows}0,{last},cat\n", new TraceOptions { MaxErrors = 10 });
        trace.Understood.Classes!.Names.ShouldBe(["cat", "dog", "fox"]);
        trace.Load("reference").Count.ShouldBe(21 - skipped);
    }

    [Fact]
    public void One_row_with_a_defect_does_not_hide_numbered_columns() =>
        TextTrace.Open(".csv", "f0,f1,out0,out1,label\n3,4,0.5,0.5,1\n5,6,0.5,0.9,1\n7,8,0.25,0.75,1\n", One).Load("reference").Probabilities
            .ShouldBe([0.5f, 0.5f, 0.25f, 0.75f]);

    [Fact]
    public void A_time_that_is_not_understood_says_nothing_about_the_form_of_times()
    {
        var trace = TextTrace.Open(".jsonl", """
            {"time":"noon","probs":[0.5,0.5],"label":0}
            {"time":1760000000,"probs":[0.5,0.5],"label":0}
            """, One);
        trace.Understood.TimeForm.ShouldBe("seconds since 1970");
        trace.Load("reference").Count.ShouldBe(1);
    }

    [Fact]
    public void The_time_of_a_row_with_a_defect_says_nothing_about_the_unit_of_times()
    {
        var trace = TextTrace.Open(".jsonl", """
            {"time":1760000000000,"probs":[0.5,0.5],"label":0,"condition":""}
            {"time":1760000000,"probs":[0.5,0.5],"label":0}
            """, One);
        trace.Understood.TimeForm.ShouldBe("seconds since 1970");
        trace.Understood.Latest!.Value.Year.ShouldBe(2025);
    }

    [Fact]
    public void A_condition_of_which_every_row_has_a_defect_is_none() =>
        TextTrace.Open(".jsonl", """
            {"id":"a","condition":"clean","probs":[0.5,0.5],"label":0}
            {"id":"a","condition":"fog","probs":[0.5,0.5],"label":0}
            """, One).Conditions.ShouldBe(["clean"]);

    [Fact]
    public void A_top_k_list_of_another_number_of_classes_is_a_defect()
    {
        const string Rows = """
            {"top":[{"class":1,"p":0.7}],"classes":4,"label":1}
            {"top":[{"class":1,"p":0.7}],"classes":100,"label":1}
            """;
        TextTrace.Message(".jsonl", Rows).ShouldEndWith("line 2: 100 classes; line 1 has 4.");
        TextTrace.Open(".jsonl", Rows, One).Load("reference").Count.ShouldBe(1);
    }

    [Fact]
    public void The_mass_that_top_k_lists_spread_is_that_of_the_rows_that_are_used() =>
        TextTrace.Open(".jsonl", """
            {"top":[{"class":1,"p":0.4}],"classes":4,"label":9}
            {"top":[{"class":1,"p":0.7}],"classes":4,"label":1}
            """, One).Understood.SpreadMass.ShouldBe(0.3, 1e-6);

    [Theory]
    [InlineData("0,0.5,0\"5")]
    [InlineData("0,0.5,\"0.5\"x")]
    [InlineData("0,0\"5,0\"5")]
    public void Rows_behind_a_quote_that_is_out_of_place_are_read(string defect)
    {
        var trace = TextTrace.Open(".csv", $"label,p0,p1\n1,0.5,0.5\n{defect}\n0,0.25,0.75\n", One);
        trace.Load("reference").Labels.ShouldBe([1, 0]);
        trace.Understood.Skipped.ShouldHaveSingleItem().ShouldEndWith("line 3: a quote is out of place.");
    }

    [Fact]
    public void Rows_with_a_defect_before_the_first_that_has_none_are_counted() =>
        TextTrace.Message(".jsonl", """
            {"probs":[0.5,0.5,0.5],"label":0}
            {"probs":[1,1],"label":0}
            {"probs":[0.5,0.5],"label":2}
            """, Two).ShouldEndWith("2 rows before have a defect too; --max-errors is 2.");
}
