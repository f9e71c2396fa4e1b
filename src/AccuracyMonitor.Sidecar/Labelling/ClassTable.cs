using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AccuracyMonitor.Sidecar.Labelling;

/// <summary>How one class is shown, and what an answer may call it.</summary>
/// <param name="Name">Not empty.</param>
/// <param name="Aliases">Other names.</param>
/// <param name="Colour">As #rrggbb, or empty.</param>
/// <param name="Group">Heading, or empty.</param>
internal sealed record ClassEntry(string Name, IReadOnlyList<string> Aliases, string Colour, string Group);

/// <summary>The names of a model's classes. A name or an alias is one class's alone, whatever its case.</summary>
internal sealed class ClassTable
{
    private readonly Dictionary<string, int> _numbers;

    /// <param name="classes">By class number. No two have the same name or alias.</param>
    public ClassTable(IReadOnlyList<ClassEntry> classes)
    {
        Classes = classes;
        _numbers = classes.SelectMany(static (entry, number) => entry.Aliases.Prepend(entry.Name).Select(name => (Key: Key(name), number)))
            .ToDictionary(static n => n.Key, static n => n.number, StringComparer.Ordinal);
        Version = classes.Count == 0 ? "" : DigestOf(classes);
    }

    /// <summary>The table of a model without names.</summary>
    public static ClassTable None { get; } = new([]);

    public IReadOnlyList<ClassEntry> Classes { get; }

    /// <summary>16 hexadecimal digits of a digest of the names and aliases; colours and groups do not change it. Empty: there are no names.</summary>
    public string Version { get; }

    /// <summary>The class of a name, an alias or a number; null: none. The case does not matter.</summary>
    public uint? Find(string text) => _numbers.TryGetValue(Key(text), out var number) ? (uint)number
        : uint.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var written) ? written
        : null;

    /// <summary>What makes two names the same.</summary>
    public static string Key(string name) => name.Trim().Normalize().ToUpperInvariant();

    private static string DigestOf(IReadOnlyList<ClassEntry> classes)
    {
        // Lengths before the texts: no other table has the same bytes.
        var text = new StringBuilder();
        foreach (var entry in classes)
        {
            text.Append(CultureInfo.InvariantCulture, $"{entry.Aliases.Count}\n");
            foreach (var name in entry.Aliases.Prepend(entry.Name))
            {
                text.Append(CultureInfo.InvariantCulture, $"{name.Length}:{name}\n");
            }
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 8));
    }
}
