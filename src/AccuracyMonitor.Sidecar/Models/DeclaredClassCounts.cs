using System.Collections.Frozen;
using System.Globalization;
using AccuracyMonitor.Core;

namespace AccuracyMonitor.Sidecar.Models;

/// <summary>How many classes models have by the word of the settings. Nobody who reports a prediction can say otherwise.</summary>
internal sealed class DeclaredClassCounts
{
    public static readonly DeclaredClassCounts None = new(FrozenDictionary<string, int>.Empty);

    private const int Fewest = 2;
    private const int Most = 10_000;

    private readonly FrozenDictionary<string, int> _counts;

    private DeclaredClassCounts(FrozenDictionary<string, int> counts) => _counts = counts;

    /// <param name="entries"><c>MODEL=K</c> or <c>MODEL:VERSION=K</c>.</param>
    /// <exception cref="FormatException">An entry is neither, or one name has two counts; the message says which.</exception>
    public static DeclaredClassCounts Parse(IEnumerable<string> entries)
    {
        Dictionary<string, int> counts = new(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            var at = entry.LastIndexOf('=');
            if (at < 1 || !int.TryParse(entry.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                || count is < Fewest or > Most)
            {
                throw new FormatException($"'{entry}' is not MODEL=K or MODEL:VERSION=K with K from {Fewest} to {Most}.");
            }

            if (!counts.TryAdd(entry[..at], count))
            {
                throw new FormatException($"'{entry[..at]}' has two class counts.");
            }
        }

        return new DeclaredClassCounts(counts.ToFrozenDictionary(StringComparer.Ordinal));
    }

    /// <summary>Null: nothing is declared for it. What is declared for a version comes before what is declared for its model.</summary>
    public int? Of(ModelKey key)
    {
        if (_counts.Count == 0)
        {
            return null;
        }

        return _counts.TryGetValue(key.ToString(), out var ofVersion) ? ofVersion : _counts.TryGetValue(key.Model, out var ofModel) ? ofModel : null;
    }
}
