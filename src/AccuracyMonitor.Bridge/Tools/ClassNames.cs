using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AccuracyMonitor.Bridge.Tools;

/// <summary>The classes of a model, by number.</summary>
internal sealed class ClassNames
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    private ClassNames(string[] names) => Names = names;

    public IReadOnlyList<string> Names { get; }

    /// <summary>Digest of the names in their order: answers are numbers, so another order would give them another meaning.</summary>
    public string Digest => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', Names))));

    /// <param name="names">Names in the order of their class numbers.</param>
    /// <param name="errors">What is wrong with them, a sentence each.</param>
    public static ClassNames? Of(IReadOnlyList<string> names, out IReadOnlyList<string> errors)
    {
        var found = new List<string>();
        var classes = new ClassNames([.. names.Select(n => n.Trim())]);
        if (names.Count < 2)
        {
            found.Add($"There are {names.Count} class names; there must be at least 2.");
        }

        for (var k = 0; k < classes.Names.Count; k++)
        {
            var name = classes.Names[k];
            if (name.Length == 0)
            {
                found.Add($"The name of class {k} is empty.");
            }
            else if (!classes._numbers.TryAdd(name, k))
            {
                found.Add($"'{name}' is the name of class {classes._numbers[name]} and of class {k}; names must differ.");
            }
            else if (Number(name) is { } other && other != k)
            {
                found.Add($"The name of class {k} is '{name}', which would be read as the number of class {other}.");
            }
        }

        errors = found;
        return found.Count == 0 ? classes : null;
    }

    /// <param name="file">With a name a line, class 0 first.</param>
    /// <param name="errors">As in <see cref="Of"/>, or why the file cannot be read.</param>
    public static ClassNames? Read(string file, out IReadOnlyList<string> errors)
    {
        try
        {
            return Of([.. File.ReadLines(file)], out errors);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors = [e.Message];
            return null;
        }
    }

    /// <summary>The alias of a class in a labelling tool: its number.</summary>
    public static string AliasOf(int k) => k.ToString(CultureInfo.InvariantCulture);

    /// <param name="choice">A number or a name.</param>
    /// <returns>Null if no class is called so.</returns>
    public int? Find(string choice) => Number(choice) is { } k && k < Names.Count ? k : Named(choice);

    /// <returns>Null if no class has this name.</returns>
    public int? Named(string name) => _numbers.TryGetValue(name, out var k) ? k : null;

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var k) ? k : null;
}
