using System.Text;

namespace AccuracyMonitor.Runs;

/// <summary>A table of text, for the terminal or a page.</summary>
/// <param name="Title">Empty: none.</param>
/// <param name="Header">Column names; rows have as many cells.</param>
internal sealed record SummaryTable(string Title, string[] Header, IReadOnlyList<string[]> Rows)
{
    public string ToMarkdown()
    {
        var text = new StringBuilder().Append("## ").AppendLine(Title).AppendLine();
        foreach (var row in (string[][])[Header, [.. Header.Select(_ => "---")], .. Rows])
        {
            text.Append("| ").AppendJoin(" | ", row).AppendLine(" |");
        }

        return text.AppendLine().ToString();
    }
}
