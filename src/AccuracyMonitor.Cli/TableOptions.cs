using System.CommandLine;
using System.CommandLine.Parsing;
using AccuracyMonitor.Evaluation.Traces;

namespace AccuracyMonitor.Cli;

/// <summary>Options of commands that read tables.</summary>
internal static class TableOptions
{
    private static readonly Dictionary<string, char> Delimiters = new(StringComparer.OrdinalIgnoreCase)
    {
        ["comma"] = ',',
        ["semicolon"] = ';',
        ["tab"] = '\t',
        ["bar"] = '|',
    };

    public static Option<char?> Delimiter() => new("--delimiter")
    {
        Description = "Delimiter of CSV files: comma, semicolon, tab, bar, or one character. [default: the one that is most frequent in the header]",
        CustomParser = result => Parse(result, text => Delimiters.TryGetValue(text, out var named) ? named
            : text.Length == 1 ? text[0]
            : throw new FormatException($"'{text}' is no delimiter; expected one character, or {string.Join(", ", Delimiters.Keys)}.")),
    };

    /// <param name="order">Of the names in the file.</param>
    public static Option<IReadOnlyList<string>?> Classes(string order) => new("--classes")
    {
        Description = $"File with the names of the classes {order}: one a line, or a JSON array.",
        CustomParser = result => Parse(result, TraceOptions.ReadClasses),
    };

    /// <param name="otherwise">The number when none is given.</param>
    public static Option<int?> ClassesFrom(string otherwise) =>
        BoundedOption.Optional("--classes-from", $"Number of the first class in labels. [default: {otherwise}]", 0, 1);

    /// <returns>The default value when it is an error, which is then added to the result.</returns>
    public static T? Parse<T>(ArgumentResult result, Func<string, T> parse)
    {
        try
        {
            return parse(result.Tokens[0].Value);
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            result.AddError(e.Message);
            return default;
        }
    }
}
