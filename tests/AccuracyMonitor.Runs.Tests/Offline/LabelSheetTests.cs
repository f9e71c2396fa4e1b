using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Runs.Offline;

namespace AccuracyMonitor.Runs.Tests.Offline;

public sealed class LabelSheetTests
{
    private static readonly SelectedRow[] Rows = [new("a,\"b\"", 1, 0.25), new("c", 0, 1, Label: 1)];

    private static readonly ClassScheme Classes = new(2, ["a", "b;c"], 0, null);

    [Theory]
    [InlineData(false, "id,label,inclusion_probability\r\n\"a,\"\"b\"\"\",,0.25\r\nc,\"b;c\",1\r\n")]
    [InlineData(true, "id,predicted,label,inclusion_probability\r\n\"a,\"\"b\"\"\",\"b;c\",,0.25\r\nc,a,\"b;c\",1\r\n")]
    public void Sheet_QuotesByTheRules_AndShowsThePredictionOnlyWhenAsked(bool show, string expected)
    {
        var path = Path.Combine(Path.GetTempPath(), $"sheet-{Guid.NewGuid():N}.csv");
        try
        {
            LabelSheet.Write(path, Rows, Classes, show);
            File.ReadAllText(path).ShouldBe(expected);
            Should.Throw<IOException>(() => LabelSheet.Write(path, [], Classes, show));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("=1+2", true)]
    [InlineData("@x", true)]
    [InlineData("-7.5", false)]
    [InlineData("a-1", false)]
    public void Formula_IsWhatASpreadsheetComputes(string id, bool expected) => LabelSheet.LooksLikeFormula(id).ShouldBe(expected);
}
