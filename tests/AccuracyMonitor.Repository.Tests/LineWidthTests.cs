using System.Globalization;
using System.Text.RegularExpressions;

namespace AccuracyMonitor.Repository.Tests;

public sealed partial class LineWidthTests
{
    [Fact]
    public void Lines_of_code_fit_the_width_that_the_editor_configuration_names()
    {
        var width = int.Parse(MaxLineLength().Match(SourceFiles.Text(".editorconfig")).Groups["width"].Value, CultureInfo.InvariantCulture);

        var tooLong = SourceFiles.CSharp()
            .SelectMany(file => File.ReadLines(file).Select((line, index) => (line.Length, Place: $"{file}:{index + 1}")))
            .Where(l => l.Length > width)
            .OrderByDescending(l => l.Length)
            .ToList();

        tooLong.ShouldBeEmpty(string.Join('\n', tooLong.Take(20).Select(l => $"{l.Place} has {l.Length} characters")));
    }

    [GeneratedRegex(@"^\[\*\.cs\]\nmax_line_length = (?<width>\d+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex MaxLineLength();
}
