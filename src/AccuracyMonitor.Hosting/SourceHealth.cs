using System.Collections.Concurrent;

namespace AccuracyMonitor.Hosting;

/// <summary>Whether what is read again while the process runs can be used now: certificates, tokens, keys of an issuer. For many threads.</summary>
public sealed class SourceHealth
{
    private readonly ConcurrentDictionary<string, Func<string?>> _sources = new(StringComparer.Ordinal);

    /// <param name="setting">That names the source, such as <c>Access:TokenFile</c>.</param>
    /// <param name="problem">Null: it can be used.</param>
    public void Add(string setting, Func<string?> problem) => _sources[setting] = problem;

    /// <summary>What is wrong with a source whose setting is in a section; null: nothing.</summary>
    public string? ProblemIn(string section)
    {
        foreach (var (setting, problem) in _sources)
        {
            if (setting.StartsWith(section, StringComparison.Ordinal) && problem() is { } found)
            {
                return $"{setting} cannot be used, and what it said before counts: {found}";
            }
        }

        return null;
    }
}
