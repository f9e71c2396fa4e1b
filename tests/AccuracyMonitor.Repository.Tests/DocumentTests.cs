using System.Text.RegularExpressions;

namespace AccuracyMonitor.Repository.Tests;

public sealed partial class DocumentTests
{
    private const string Index = "docs/README.md";

    /// <summary>Pages that the commands write, named in code.</summary>
    private static readonly string[] Written = ["report.md"];

    [Fact]
    public void Every_relative_link_leads_to_a_file_and_every_anchor_to_a_heading()
    {
        var broken =
            from document in RepositoryFiles.Documents.Values
            from link in document.Links
            let target = document.Target(link)
            where !Leads(target.Path, target.Anchor)
            select $"{document.Path}: {link}";

        broken.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("dotnet run -c Release --project src/AccuracyMonitor.Cli -- demo ")]
    [InlineData("tests/run ")]
    public void The_first_page_has_the_command_that_runs_the_main_job_and_the_one_that_passes_the_tests(string command) =>
        SourceFiles.Text("README.md").Split('\n').ShouldContain(line => line.StartsWith(command, StringComparison.Ordinal));

    [Fact]
    public void Every_page_is_reached_from_the_index_of_docs()
    {
        HashSet<string> reached = [Index];
        var open = new Queue<string>(reached);
        while (open.TryDequeue(out var path))
        {
            if (!RepositoryFiles.Documents.TryGetValue(path, out var document))
            {
                continue;
            }

            foreach (var link in document.Links)
            {
                var target = document.Target(link).Path;
                if (reached.Add(target))
                {
                    open.Enqueue(target);
                }
            }
        }

        RepositoryFiles.Documents.Keys.Where(p => !reached.Contains(p)).ShouldBeEmpty();
    }

    /// <summary>A guide, a reference or a science page that only another page links to is hard to find.</summary>
    [Fact]
    public void The_index_itself_names_every_page_of_docs_but_the_decisions()
    {
        var index = RepositoryFiles.Documents[Index];
        var named = index.Links.Select(l => index.Target(l).Path).ToHashSet(StringComparer.Ordinal);

        RepositoryFiles.Documents.Keys
            .Where(p => p.StartsWith("docs/", StringComparison.Ordinal) && !p.StartsWith("docs/decisions/", StringComparison.Ordinal))
            .Where(p => p != Index && !named.Contains(p))
            .ShouldBeEmpty();
    }

    [Fact]
    public void Every_page_that_a_text_or_a_comment_names_is_in_the_repository()
    {
        var missing =
            from file in RepositoryFiles.All.Where(HasProse)
            from Match name in PageName().Matches(ProseOf(file))
            where !IsPage(file, name.Groups["page"].Value, name.Groups["anchor"].Value)
            select $"{file}: {name.Value}";

        missing.ShouldBeEmpty();
    }

    /// <summary>A document's name in capitals and the number of a section, where a reader cannot open the document.</summary>
    [Fact]
    public void No_comment_refers_to_a_numbered_section_of_a_document_that_is_not_here()
    {
        var missing =
            from file in RepositoryFiles.All.Where(HasProse)
            from Match section in NumberedSection().Matches(ProseOf(file))
            where !RepositoryFiles.Exists($"{section.Groups["name"].Value}.md")
            select $"{file}: {section.Value}";

        missing.ShouldBeEmpty();
    }

    private static bool HasProse(string file) =>
        Path.GetExtension(file) is ".cs" or ".csproj" or ".md" or ".mjs" or ".proto" or ".props" or ".py" or ".sql" or ".targets" or ".ts" or ".yaml"
        || file.EndsWith("Dockerfile", StringComparison.Ordinal);

    /// <summary>Of C# the comments: strings name files that a program reads or writes.</summary>
    private static string ProseOf(string file)
    {
        var text = File.ReadAllText(Path.Combine(RepositoryFiles.Root, file));
        return file.EndsWith(".cs", StringComparison.Ordinal) ? string.Join('\n', Comment().Matches(text).Select(m => m.Value)) : text;
    }

    private static bool IsPage(string file, string page, string anchor)
    {
        var ours = page.StartsWith("github.com/", StringComparison.Ordinal) ? Published().Replace(page, "") : page;
        return Written.Contains(ours, StringComparer.Ordinal)
            || Leads(RepositoryFiles.Resolve(RepositoryFiles.FolderOf(file), ours), anchor)
            || (ours != "README.md" && Leads(ours, anchor));
    }

    private static bool Leads(string path, string anchor) => RepositoryFiles.Exists(path)
        && (anchor.Length == 0 || (RepositoryFiles.Documents.TryGetValue(path, out var document) && document.Anchors.Contains(anchor)));

    [GeneratedRegex(@"//.*$", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Comment();

    [GeneratedRegex(@"(?<page>(?:[\w.\-]+/)*[\w\-]+\.md)\b(?:#(?<anchor>[\w\-]+))?", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex PageName();

    [GeneratedRegex("^github.com/accuracy-monitor/accuracy-monitor/blob/main/", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Published();

    [GeneratedRegex(@"\b(?<name>[A-Z]{5,}) [1-9]\.\d\d?\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex NumberedSection();
}
