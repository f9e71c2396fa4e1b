using System.Globalization;
using System.Text.RegularExpressions;

namespace AccuracyMonitor.Architecture.Tests;

/// <summary>Logs are limited and searched by the id of an event, so one id means one kind of line in the log of a program.</summary>
public sealed partial class EventIdTests
{
    public static TheoryData<string> Projects => [.. SourceTree.ProjectFiles.Where(static f => Events(f).Count > 0).Select(SourceTree.NameOf)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void EventIds_OfAProjectAndThoseItRefersTo_AreUnique(string project)
    {
        HashSet<string> program = [];
        Add(project);
        program.SelectMany(static p => Events(SourceTree.FileOf(p))).GroupBy(static e => e.Id).Where(static g => g.Count() > 1)
            .Select(static g => $"{g.Key}: {string.Join(", ", g.Select(static e => e.Method))}")
            .ShouldBeEmpty($"{project} and the projects it refers to log different lines under one id.");

        void Add(string name)
        {
            if (program.Add(name))
            {
                foreach (var reference in SourceTree.Items(name, "ProjectReference").Select(SourceTree.NameOf))
                {
                    Add(reference);
                }
            }
        }
    }

    private static List<(int Id, string Method)> Events(string projectFile)
    {
        List<(int, string)> events = [];
        foreach (var text in SourceTree.SourceFiles(projectFile).Select(File.ReadAllText))
        {
            var found = Event().Matches(text);
            found.Count.ShouldBe(text.Split("[LoggerMessage(").Length - 1, "a LoggerMessage begins with its id");
            events.AddRange(found.Select(static m => (int.Parse(m.Groups["id"].Value, CultureInfo.InvariantCulture), m.Groups["method"].Value)));
        }

        return events;
    }

    [GeneratedRegex(
        @"\[LoggerMessage\(\s*(EventId = )?(?<id>\d+),.*?partial void (?<method>\w+)\(",
        RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Event();
}
