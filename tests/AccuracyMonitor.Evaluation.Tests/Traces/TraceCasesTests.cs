using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Evaluation.Traces.Tables;

namespace AccuracyMonitor.Evaluation.Tests.Traces;

/// <summary>Files as people have them, each of a kind that was refused or misread once.</summary>
public class TraceCasesTests
{
    /// <summary>Path, K, rows, labelled rows, accuracy of the labelled rows, and a part of what is printed.</summary>
    public static TheoryData<string, int, int, int, double, string> Read => new()
    {
        { "01-columns-named-by-class.csv", 3, 59, 59, 0.6949, "0 = cat, 1 = dog, 2 = fox" },
        { "02-binary-one-score-column.csv", 2, 59, 59, 0.7119, "one probability, of class 1 of two in column 'score'" },
        { "03-epoch-seconds-and-float-labels.jsonl", 3, 60, 40, 0.7, "seconds since 1970, 2025-10-09T08:53:20Z to" },
        { "04-epoch-milliseconds.jsonl", 3, 60, 60, 0.9167, "milliseconds since 1970, 2026-01-01T00:00:00Z to" },
        { "05-labels-with-gaps.csv", 3, 60, 45, 0.9111, "75 % labelled" },
        { "06-labels-as-double.parquet", 3, 40, 36, 0.6667, "90 % labelled" },
        { "07-id-with-lone-surrogate.jsonl", 3, 10, 10, 0.9, "list 'probabilities'" },
        { "10-rounded-to-two-digits.csv", 3, 30, 30, 0, "columns p0…p2" },
        { "11-semicolon-and-decimal-comma.csv", 3, 40, 40, 0.925, "semicolons, decimal commas" },
        { "12-tabs.tsv", 3, 40, 40, 0.925, "tabs" },
        { "13-float16.parquet", 3, 40, 40, 0.7, "columns p0…p2" },
        { "14-partitioned", 3, 40, 40, 0.7, "columns p0…p2" },
        { "16-no-condition-column.csv", 3, 60, 60, 0.9167, "columns p0…p2" },
        { "17-basic-iso-time.jsonl", 3, 40, 40, 0.925, "ISO 8601, 2026-01-01T00:00:00Z to" },
        { "18-probs-key.jsonl", 3, 40, 40, 0.925, "list 'probs'" },
        { "19-json-array.json", 3, 40, 40, 0.925, "list 'probabilities'" },
        { "20-one-based-labels.csv", 3, 60, 60, 0.9167, "label 1 = class 0, label 2 = class 1, label 3 = class 2" },
        { "21-top-k-lists.jsonl", 3, 40, 40, 0.925, "top-k lists 'top'" },
        { "22-gzip.jsonl.gz", 3, 40, 40, 0.7, "list 'probabilities'" },
        { "23-one-hot-labels.npz", 3, 40, 40, 0.7, "K = 3" },
        { "24-fortran-order.npz", 3, 40, 40, 0.7, "K = 3" },
        { "25-struct-columns.parquet", 3, 40, 40, 0.7, "columns probs.p0…probs.p2" },
    };

    [Theory]
    [MemberData(nameof(Read))]
    public void It_is_read(string name, int classes, int rows, int labelled, double accuracy, string printed)
    {
        var trace = Open(name);

        var sets = trace.Conditions.Select(trace.Load).ToArray();
        sets.ShouldAllBe(s => s.ClassCount == classes);
        sets.Sum(s => s.Count).ShouldBe(labelled);
        trace.Understood.Rows.ShouldBe(rows);
        trace.Conditions.Sum(trace.Unlabelled).ShouldBe(rows - labelled);
        string.Join('\n', trace.Understood.Lines()).ShouldContain(printed);
        Accuracy(sets).ShouldBe(accuracy, 0.001);
    }

    private static double Accuracy(Core.ReferenceSet[] sets) =>
        sets.Sum(s => Enumerable.Range(0, s.Count).Count(i => System.Numerics.Tensors.TensorPrimitives.IndexOfMax(s.Row(i)) == s.Labels[i]))
        / (double)sets.Sum(s => s.Count);

    [Fact]
    public void Folders_name_the_condition() => Open("14-partitioned").Conditions.ShouldBe(["clean0", "clean1"]);

    [Fact]
    public void Text_that_is_not_UTF8_is_refused_at_its_line() =>
        Message("08-latin1-ids.jsonl").ShouldEndWith("08-latin1-ids.jsonl: line 1: not UTF-8.");

    [Fact]
    public void A_date_that_may_be_two_is_refused_until_its_format_is_told()
    {
        Message("09-day-first-dates.jsonl").ShouldEndWith(
            "line 1: 'time' is '01/03/2026 00:00:00'; expected ISO 8601, as 2026-01-01T00:00:00Z, or a number since 1970; "
            + "another format: --time-format \"dd/MM/yyyy HH:mm:ss\".");
        Open("09-day-first-dates.jsonl", new TraceOptions { TimeFormat = "dd/MM/yyyy HH:mm:ss" }).Understood.Latest
            .ShouldBe(new DateTimeOffset(2026, 3, 13, 0, 0, 19, TimeSpan.Zero));
    }

    [Fact]
    public void A_bare_NaN_is_named_and_the_other_rows_are_read_where_some_may_be_left_out()
    {
        Message("15-nan-token.jsonl").ShouldEndWith("line 4: 'probabilities[0]': probability NaN is outside [0, 1].");

        var trace = Open("15-nan-token.jsonl", new TraceOptions { MaxErrors = 1 });

        trace.Load("reference").Count.ShouldBe(19);
        trace.Understood.Skipped.ShouldHaveSingleItem().ShouldContain("line 4");
        trace.Understood.Warnings().ShouldHaveSingleItem().ShouldStartWith("1 rows with a defect are left out");
    }

    [Fact]
    public void A_reference_that_is_too_small_to_train_on_is_refused_with_its_rows_and_the_remedy() =>
        Should.Throw<TraceFileException>(() => ReferenceSplit.ForTraining(Open("26-reference-without-errors.npz"), testShare: 0.2, seed: 0)).Message
            .ShouldEndWith("the reference has 100 rows with a label; 20 are kept out (--test-share 0.2) and 80 are left to train on, but at least 100 are "
                + "needed. Add rows, or lower --test-share.");

    private static TraceFile Open(string name, TraceOptions? options = null) => TraceFile.Open(Path.Combine(AppContext.BaseDirectory, "Traces", "Cases",
        name), options);

    private static string Message(string name) => Should.Throw<TraceFileException>(() => Open(name)).Message;
}
