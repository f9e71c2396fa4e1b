using System.Text.RegularExpressions;

namespace AccuracyMonitor.Architecture.Tests;

/// <summary>
/// Many positional parameters are easy to confuse: a record or a class is missing. Named properties (<c>required ... { get; init; }</c>) do not count.
/// </summary>
public sealed partial class SignatureTests
{
    private const int MostParameters = 8;

    public static TheoryData<string> Projects => [.. SourceTree.ProjectFiles.Select(SourceTree.NameOf)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Constructors_MethodsAndRecords_HaveFewParameters(string project) => SourceTree.SourceFiles(SourceTree.FileOf(project))
        .SelectMany(f => Signatures(File.ReadAllText(f)))
        .Where(s => s.Parameters > MostParameters)
        .Select(s => $"{s.Name} has {s.Parameters} parameters; it may have {MostParameters}")
        .ShouldBeEmpty();

    [Theory]
    [InlineData("internal sealed record A(int B, Dictionary<string, int> C, (int, int) D);", 3)]
    [InlineData("public static async Task<(int, int)> A(int b, Func<int, int, int>? c = null)", 2)]
    [InlineData("    public A(\n        int b, // one, two\n        int c)\n", 2)]
    [InlineData("internal delegate void A(int b);", 1)]
    [InlineData("public void A()", 0)]
    [InlineData("public void A(int b = 1 << 20, int c = 0)", 2)]
    public void Signatures_CountParameters(string source, int parameters) =>
        Signatures(source).ShouldHaveSingleItem().ShouldBe(("A", parameters));

    [Theory]
    [InlineData("    private static readonly A B = new(1, 2, 3);")]
    [InlineData("        return A(1, 2, 3);")]
    public void Signatures_OfCalls_AreNone(string source) => Signatures(source).ShouldBeEmpty();

    private static IEnumerable<(string Name, int Parameters)> Signatures(string source)
    {
        var text = Comment().Replace(source, "");
        return Declaration().Matches(text).Select(m => (m.Groups["name"].Value, Parameters(text.AsSpan(m.Index + m.Length))));
    }

    /// <param name="text">From behind the opening parenthesis.</param>
    private static int Parameters(ReadOnlySpan<char> text)
    {
        var (depth, generics, commas, any) = (0, 0, 0, false);
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case ')' when depth == 0:
                    return any ? commas + 1 : 0;
                case '(' or '[' or '{':
                    depth++;
                    break;
                case ')' or ']' or '}':
                    depth--;
                    break;
                case '<' when i > 0 && char.IsLetterOrDigit(text[i - 1]):
                    generics++;
                    break;
                case '>' when generics > 0:
                    generics--;
                    break;
                case ',' when depth == 0 && generics == 0:
                    commas++;
                    break;
            }

            any |= !char.IsWhiteSpace(text[i]);
        }

        throw new InvalidDataException("A parenthesis is not closed.");
    }

    [GeneratedRegex(@"//.*$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Comment();

    [GeneratedRegex(
        @"^[ \t]*(\[[^\n]*\][ \t]*)?"
            + @"((public|private|internal|protected|static|sealed|abstract|partial|readonly|override|virtual|async|extern|unsafe|file|delegate) )+"
            + @"[^\n;={]*?\b(?<name>\w+)(<[^(\n]*>)?\(",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        5000)]
    private static partial Regex Declaration();
}
