using System.Text.RegularExpressions;

namespace AccuracyMonitor.Architecture.Tests;

/// <summary>
/// Which folder of a project uses which: by its <c>using</c> directives, by names qualified with a folder's namespace, and for a folder above it by the names
/// of the types there, which need neither. A file beside the project file counts as a folder of its own, and is used by whoever names one of its types.
/// </summary>
internal sealed partial class FolderGraph
{
    private readonly Dictionary<(string From, string To), string> _edges = [];

    private FolderGraph(string project) => Project = project;

    public string Project { get; }

    public static FolderGraph Of(string projectFile)
    {
        var project = Path.GetFileNameWithoutExtension(projectFile);
        var root = Path.GetDirectoryName(projectFile)!;
        var sources = SourceTree.SourceFiles(projectFile)
            .Select(f => new Source(Path.GetRelativePath(root, f), FolderOf(Path.GetRelativePath(root, f)), Comment().Replace(File.ReadAllText(f), "")))
            .ToArray();
        var types = sources.ToLookup(s => s.Folder, s => Declaration().Matches(s.Text).Select(m => m.Groups["name"].Value))
            .ToDictionary(g => g.Key, g => g.SelectMany(t => t).ToHashSet(StringComparer.Ordinal), StringComparer.Ordinal);
        var graph = new FolderGraph(project);
        foreach (var source in sources)
        {
            graph.Add(source, types);
        }

        return graph;
    }

    /// <summary>Groups of folders that depend on each other in a circle; each group in order of name.</summary>
    public IReadOnlyList<string[]> Cycles()
    {
        var folders = _edges.Keys.SelectMany(e => (string[])[e.From, e.To]).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        var reached = folders.ToDictionary(f => f, Reached, StringComparer.Ordinal);
        return
        [
            .. folders.Where(f => reached[f].Contains(f))
                .GroupBy(f => string.Join(' ', folders.Where(g => reached[f].Contains(g) && reached[g].Contains(f))), StringComparer.Ordinal)
                .Select(g => g.ToArray()),
        ];
    }

    /// <summary>A line for each dependency within a group, with a file that has it.</summary>
    public string Explain(string[] cycle) => string.Join(
        Environment.NewLine,
        _edges.Where(e => cycle.Contains(e.Key.From) && cycle.Contains(e.Key.To)).OrderBy(e => e.Key)
            .Select(e => $"  {e.Key.From} -> {e.Key.To}   ({e.Value})"));

    /// <summary>The whole path of the folder under the project, or the name of a file beside the project file.</summary>
    private static string FolderOf(string path) => Path.GetDirectoryName(path) is { Length: > 0 } folder ? folder.Replace('\\', '/') : path;

    private HashSet<string> Reached(string from)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        Queue<string> next = new([from]);
        while (next.TryDequeue(out var folder))
        {
            foreach (var to in _edges.Keys.Where(e => e.From == folder).Select(e => e.To))
            {
                if (seen.Add(to))
                {
                    next.Enqueue(to);
                }
            }
        }

        return seen;
    }

    private void Add(Source source, Dictionary<string, HashSet<string>> types)
    {
        foreach (var (folder, declared) in types)
        {
            if (folder != source.Folder && Uses(source, folder, declared))
            {
                _edges.TryAdd((source.Folder, folder), source.Path);
            }
        }
    }

    private bool Uses(Source source, string folder, HashSet<string> declared)
    {
        if (folder.EndsWith(".cs", StringComparison.Ordinal) || source.Folder.StartsWith(folder + "/", StringComparison.Ordinal))
        {
            return Word().Matches(source.Text).Any(m => declared.Contains(m.Value));
        }

        var space = $"{Project}.{folder.Replace('/', '.')}";
        var last = folder.Split('/')[^1];
        return Using().Matches(source.Text).Select(m => m.Groups["name"].Value).Any(u => u == space || declared.Any(d => u == $"{space}.{d}"))
            || Qualified().Matches(source.Text).Any(m => m.Groups["folder"].Value == last && declared.Contains(m.Groups["name"].Value));
    }

    [GeneratedRegex(@"^\s*//.*$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Comment();

    [GeneratedRegex(@"^(global )?using (static )?(\w+ = )?(?<name>[\w.]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Using();

    [GeneratedRegex(
        "^((public|internal|file|static|sealed|abstract|partial|readonly|ref|unsafe) )*"
            + @"(class|record struct|record class|record|struct|enum|interface) (?<name>\w+)",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        5000)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"(^|[^\w.]|\bAccuracyMonitor\.\w+\.)(?<folder>\w+)\.(\w+\.)*?(?<name>[A-Z]\w*)", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Qualified();

    [GeneratedRegex(@"\b[A-Z]\w*", RegexOptions.None, 5000)]
    private static partial Regex Word();

    private sealed record Source(string Path, string Folder, string Text);
}
