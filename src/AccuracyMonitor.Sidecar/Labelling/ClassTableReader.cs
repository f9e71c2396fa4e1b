using System.Globalization;
using System.Text.Json;

namespace AccuracyMonitor.Sidecar.Labelling;

/// <summary>
/// Reads a <c>classes.json</c>: <c>{"classes": ["shirt", {"name": "bag", "aliases": ["purse"], "colour": "#aa5500", "group": "other"}]}</c>, in the order of
/// the class numbers. Finds every error and not only the first.
/// </summary>
internal sealed class ClassTableReader
{
    public const int MaxClasses = 10_000;
    public const int MaxNameLength = 100;
    public const int MaxAliases = 20;

    private readonly List<string> _errors = [];
    private readonly Dictionary<string, string> _owners = new(StringComparer.Ordinal);

    private ClassTableReader()
    {
    }

    /// <exception cref="FormatException">The text is no table; the message has the first ten errors.</exception>
    public static ClassTable Read(string text)
    {
        var (table, errors) = Check(text);
        return table ?? throw new FormatException(
            string.Join(" ", errors.Take(10)) + (errors.Count > 10 ? $" And {errors.Count - 10} further errors." : ""));
    }

    /// <returns>The table, or what is wrong, each error a sentence.</returns>
    public static (ClassTable? Table, IReadOnlyList<string> Errors) Check(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var reader = new ClassTableReader();
            var classes = reader.Table(document.RootElement);
            return reader._errors.Count == 0 ? (new ClassTable(classes), []) : (null, reader._errors);
        }
        catch (JsonException e)
        {
            return (null, [$"The file is no JSON: {e.Message}"]);
        }
        catch (InvalidOperationException)
        {
            return (null, ["The file has a text with half of a surrogate pair, such as \"\\ud800\"; write the whole character."]);
        }
    }

    private List<ClassEntry> Table(JsonElement root)
    {
        List<ClassEntry> classes = [];
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("classes", out var list) || list.ValueKind != JsonValueKind.Array)
        {
            _errors.Add("The file must be an object with the list \"classes\".");
            return classes;
        }

        Fields(root, "The file", "classes");
        var count = list.GetArrayLength();
        if (count is < 2 or > MaxClasses)
        {
            _errors.Add($"classes has {count} entries; it must have 2 to {MaxClasses}.");
            return classes;
        }

        foreach (var element in list.EnumerateArray())
        {
            classes.Add(Entry(element, classes.Count));
        }

        return classes;
    }

    private ClassEntry Entry(JsonElement element, int number)
    {
        var place = $"classes[{number}]";
        if (element.ValueKind == JsonValueKind.String)
        {
            return new ClassEntry(Name(element, place, number), [], "", "");
        }

        if (element.ValueKind != JsonValueKind.Object)
        {
            _errors.Add($"{place} must be a name or an object with a name.");
            return new ClassEntry("", [], "", "");
        }

        Fields(element, place, "name", "aliases", "colour", "group");
        var name = element.TryGetProperty("name", out var given) ? Name(given, $"{place}.name", number) : Missing($"{place}.name");
        return new ClassEntry(name, Aliases(element, place, number), Colour(element, place), Group(element, place));
    }

    private List<string> Aliases(JsonElement entry, string place, int number)
    {
        List<string> aliases = [];
        if (!entry.TryGetProperty("aliases", out var list))
        {
            return aliases;
        }

        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > MaxAliases)
        {
            _errors.Add($"{place}.aliases must be a list of at most {MaxAliases} names.");
            return aliases;
        }

        foreach (var alias in list.EnumerateArray())
        {
            aliases.Add(Name(alias, $"{place}.aliases[{aliases.Count}]", number));
        }

        return aliases;
    }

    private string Name(JsonElement element, string place, int number)
    {
        var name = Text(element, place).Trim();
        if (name.Length == 0 && element.ValueKind == JsonValueKind.String)
        {
            _errors.Add($"{place} is empty.");
        }
        else if (name.Any(char.IsControl))
        {
            _errors.Add($"{place} has a control character.");
        }
        else if (long.TryParse(name, NumberStyles.Integer, CultureInfo.InvariantCulture, out var written) && written != number)
        {
            _errors.Add($"{place} is '{name}', which would be taken for a class number; the class is {number}.");
        }
        else if (name.Length > 0 && !_owners.TryAdd(ClassTable.Key(name), place))
        {
            _errors.Add($"{place} is '{name}', which is also {_owners[ClassTable.Key(name)]}.");
        }

        return name;
    }

    private string Colour(JsonElement entry, string place)
    {
        if (!entry.TryGetProperty("colour", out var given))
        {
            return "";
        }

        var colour = Text(given, $"{place}.colour");
        if (colour.Length != 7 || colour[0] != '#' || !colour.Skip(1).All(char.IsAsciiHexDigit))
        {
            _errors.Add($"{place}.colour is '{colour}'; it must be #rrggbb.");
        }

        return colour;
    }

    private string Group(JsonElement entry, string place) => entry.TryGetProperty("group", out var given) ? Text(given, $"{place}.group").Trim() : "";

    private string Text(JsonElement element, string place)
    {
        var text = element.ValueKind == JsonValueKind.String ? element.GetString()! : "";
        if (element.ValueKind != JsonValueKind.String)
        {
            _errors.Add($"{place} must be text.");
        }
        else if (text.Length > MaxNameLength)
        {
            _errors.Add($"{place} has {text.Length} characters; it may have at most {MaxNameLength}.");
        }

        return text;
    }

    private string Missing(string place)
    {
        _errors.Add($"{place} is missing.");
        return "";
    }

    private void Fields(JsonElement element, string place, params string[] known)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (var field in element.EnumerateObject())
        {
            if (!known.Contains(field.Name, StringComparer.Ordinal))
            {
                _errors.Add($"{place} has the field '{field.Name}'; the fields are {string.Join(", ", known)}.");
            }
            else if (!seen.Add(field.Name))
            {
                _errors.Add($"{place} has the field '{field.Name}' twice.");
            }
        }
    }
}
