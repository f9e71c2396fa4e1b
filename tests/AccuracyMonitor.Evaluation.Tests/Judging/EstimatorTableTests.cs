using System.Text.RegularExpressions;
using AccuracyMonitor.Evaluation.Judging;
using AccuracyMonitor.Evaluation.Traces;

namespace AccuracyMonitor.Evaluation.Tests.Judging;

public sealed partial class EstimatorTableTests
{
    public static TheoryData<string> Names => [.. EstimatorTable.Names];

    [Fact]
    public void Every_row_has_its_own_name_a_help_text_and_exactly_one_way_to_answer()
    {
        EstimatorTable.Names.ShouldBeUnique();
        foreach (var row in EstimatorTable.All)
        {
            row.Name.ShouldMatch("^[a-z+-]+$");
            row.Help.Length.ShouldBeInRange(20, 90, row.Name);
            new Delegate?[] { row.Fit, row.Judge, row.Bound }.Count(d => d is not null).ShouldBe(1, row.Name);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_row_is_run(string name)
    {
        using var npz = TwoClasses.Of(400, 1, ("reference", 1), ("clean", 1));
        var trace = TraceFile.Open(npz.Write());
        var reference = trace.Load(TraceFile.Reference);
        var condition = TraceConditionReader.Read(trace, reference, null, simulate: false, seed: 1).Single();
        var settings = new EvaluationOptions { Budget = LabelBudget.Parse("50"), Repeats = 2, Seed = 1, EarlierLabels = 100, Methods = [name] };

        var result = new ConditionEvaluation(condition, EstimatorTable.Fit(reference, [name]), settings).Run(TestContext.Current.CancellationToken);

        var (method, tally) = result.Methods.ShouldHaveSingleItem();
        method.ShouldBe(name);
        tally.Windows.ShouldBe(2);
        tally.RootMeanSquareError.ShouldBeInRange(0.0001, 0.3);
        (tally.Labels > 0).ShouldBe(EstimatorTable.Get(name).Labels is LabelUse.Window or LabelUse.Condition);
    }

    [Fact]
    public void Only_the_table_names_methods()
    {
        var source = Path.Combine(Repository.Root, "src");
        var files = new[] { "AccuracyMonitor.Evaluation", "AccuracyMonitor.Cli/Evaluation" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(source, folder), "*.cs", SearchOption.AllDirectories))
            .Where(file => Path.GetFileName(file) is not "EstimatorTable.cs").ToArray();
        files.Length.ShouldBeGreaterThan(50);
        var found = files
            .SelectMany(file => Literal().Matches(File.ReadAllText(file)).Select(m => (File: Path.GetFileName(file), Name: m.Groups["name"].Value)))
            .Where(f => EstimatorTable.Find(f.Name) is not null);

        // "monitor" is also the name of a score and of a parameter.
        found.Where(f => f.Name is not "monitor").ShouldBeEmpty();
    }

    [GeneratedRegex("\"(?<name>[a-z+-]+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Literal();
}
