using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Evaluation.Traces.Tables;
using AccuracyMonitor.Runs.Replay;

namespace AccuracyMonitor.Runs.Tests.Replay;

public sealed class ReplaySourceTests
{
    private const string Csv = "condition,label,p0,p1\na,0,0.9,0.1\na,1,0.8,0.2\na,0,0.7,0.3\nb,1,0.6,0.4\nreference,1,0.5,0.5\n";

    [Fact]
    public void Rows_come_once_before_any_comes_again_also_where_a_condition_comes_again()
    {
        var source = Trace("a,b,a", perCondition: 3);

        var items = source.Items().ToArray();

        items.Select(i => i.ConditionIndex).ShouldBe([0, 0, 0, 1, 1, 1, 2, 2, 2]);
        items.Select(i => i.Id).ShouldBeUnique();
        foreach (var index in new[] { 0, 2 })
        {
            items.Where(i => i.ConditionIndex == index).Select(i => i.Probabilities.Span[0]).Order().ShouldBe([0.7f, 0.8f, 0.9f]);
        }

        items.ShouldAllBe(i => i.Truth == source.Truth(i.Id));
        source.Reference!.Count.ShouldBe(1);
    }

    [Fact]
    public void Part_of_a_condition_is_not_shown_twice()
    {
        var items = Trace("a,b,a", perCondition: 1).Items().ToArray();
        items[0].Probabilities.Span[0].ShouldNotBe(items[2].Probabilities.Span[0]);
    }

    [Fact]
    public void The_same_seed_gives_the_same_order_and_another_one_another()
    {
        string[] Ids(ulong seed) => [.. Trace("a", perCondition: 30, seed).Items().Select(i => i.Id)];
        Ids(1).ShouldBe(Ids(1));
        Ids(2).ShouldNotBe(Ids(1));
    }

    [Fact]
    public void Without_names_all_but_the_reference_come_in_file_order_every_row_once() =>
        Trace("", perCondition: null).Conditions.ShouldBe([new ReplayCondition("a", 3), new ReplayCondition("b", 1)]);

    [Fact]
    public void An_id_of_another_run_has_no_truth() => Trace("a", 1).Truth(ReplayId.Create("other", 0, 0, 0)).ShouldBeNull();

    [Fact]
    public void A_log_tells_its_labels_as_its_lines_are_reached_and_the_truth_is_the_last()
    {
        using var file = new TemporaryTrace(
            ".jsonl",
            """
            {"id":"a","condition":"x","probabilities":[0.9,0.1]}
            {"condition":"y","probabilities":[0.8,0.2],"label":1}
            {"id":"a","label":0}
            {"id":"a","label":1}
            {"id":"c","condition":"y","probabilities":[0.7,0.3]}
            """);
        var source = LogSource.Read(file.Path);

        var items = source.Items().ToArray();

        source.Conditions.ShouldBe([new ReplayCondition("x", 1), new ReplayCondition("y", 2)]);
        items.Where(i => i.IsPrediction).Select(i => i.Truth).ShouldBe([1, 1, null]);
        source.Truth("a").ShouldBeNull();
        items.Select(source.Reach).ShouldBe([false, false, false, true, false]);
        source.Truth("a").ShouldBe(1);
        source.Truth("line-2").ShouldBe(1);
        source.Truth("c").ShouldBeNull();
    }

    [Fact]
    public void Conditions_that_alternate_are_no_stretches()
    {
        using var file = new TemporaryTrace(
            ".jsonl", string.Join('\n', Enumerable.Range(0, 101).Select(i => $"{{\"condition\":\"c{i % 2}\",\"probabilities\":[0.5,0.5]}}")));
        var source = LogSource.Read(file.Path);
        source.Conditions.ShouldBe([new ReplayCondition("log", 101)]);
        source.Items().ShouldAllBe(i => i.ConditionIndex == 0);
    }

    [Theory]
    [InlineData("""{"model":"m","probabilities":[0.5,0.5]}|{"model":"n","probabilities":[0.5,0.5]}""",
        "line 2: 'model' is 'n', on line 1 'm'; a log is of one model version.")]
    [InlineData(
        """{"id":"a","probabilities":[0.5,0.5]}|{"id":"a","probabilities":[0.5,0.5]}""", "line 2: 'id' is 'a', as on line 1; an id is one prediction's.")]
    [InlineData("""{"id":"a","label":0}""", "line 1: a label for 'a', which is no prediction on an earlier line.")]
    [InlineData("""{"id":"a","probabilities":[0.5,0.5]}|{"id":"a","label":2}""",
        "line 2: 'label' is 2; expected 0…1 (labels that count from 1: --classes-from 1).")]
    [InlineData("", "has no row; expected at least 1.")]
    public void A_logs_defect_is_named_with_its_line(string lines, string expected)
    {
        using var file = new TemporaryTrace(".jsonl", lines.Replace('|', '\n'));
        Should.Throw<TraceFileException>(() => LogSource.Read(file.Path)).Message.ShouldBe($"{file.Path}: {expected}");
    }

    [Fact]
    public void Rows_without_an_id_have_one_in_each_file_of_a_folder()
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            foreach (var condition in new[] { "a", "b" })
            {
                Directory.CreateDirectory(Path.Combine(folder, $"condition={condition}"));
                File.WriteAllText(Path.Combine(folder, $"condition={condition}", "part-0.csv"), "p0,p1,label\n0.5,0.5,1\n0.5,0.5,0\n");
            }

            var items = LogSource.Read(folder).Items().ToArray();

            items.Select(i => i.Id).ShouldBe(["line-2", "line-3", "file-1-line-2", "file-1-line-3"]);
            items.Select(i => i.Truth).ShouldBe([1, 0, 1, 0]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_first_row_that_is_left_out_does_not_say_which_model_it_is()
    {
        using var file = new TemporaryTrace(".jsonl", $$"""
            {"id":"{{new string('x', 129)}}","model":"old","probabilities":[0.5,0.5]}
            {"id":"b","model":"m","probabilities":[0.5,0.5]}
            """);
        LogSource.Read(file.Path, new TraceOptions { MaxErrors = 1 }).Items().Select(i => i.Id).ShouldBe(["b"]);
    }

    private static TraceSource Trace(string conditions, int? perCondition, ulong seed = 1)
    {
        using var file = new TemporaryTrace(".csv", Csv);
        return TraceSource.Read(TraceFile.Open(file.Path), conditions.Split(',', StringSplitOptions.RemoveEmptyEntries), perCondition, "r", seed);
    }
}
