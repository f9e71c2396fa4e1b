using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace AccuracyMonitor.Evaluation.Recipes;

/// <summary>A mapping of a recipe: hands out its values once each, and notes what is wrong with its line, so that all errors are told at once.</summary>
internal sealed class RecipeNode(string file, string name, YamlMappingNode mapping, List<string> errors)
{
    private readonly List<string> _known = [];

    public double Number(string key, double fallback, double least, double most) =>
        Parse(key, fallback, text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= least
            && value <= most ? value : null,
            string.Create(CultureInfo.InvariantCulture, $"it must be {least} to {most}"));

    public int Integer(string key, int fallback, int least, int most) =>
        Parse(key, fallback, text => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) && value >= least
            && value <= most ? value : null,
            string.Create(CultureInfo.InvariantCulture, $"it must be a whole number from {least} to {most}"));

    public ulong Seed(string key) =>
        Parse<ulong>(key, 0, text => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null,
            $"it must be a whole number from 0 to {ulong.MaxValue}");

    public T? OneOf<T>(string key)
        where T : struct, Enum
    {
        // A number is no name, though Enum would take it for one.
        T? Named(string text) => Enum.GetNames<T>().Contains(text, StringComparer.OrdinalIgnoreCase) ? Enum.Parse<T>(text, ignoreCase: true) : null;
        return Value(key) is { } scalar ? Checked(key, scalar, Named(scalar.Value ?? ""), $"it must be one of {string.Join(", ", Enum.GetNames<T>())}") : null;
    }

    /// <summary>A text; one that <paramref name="refusal"/> finds a reason against is an error.</summary>
    public string? Text(string key, Func<string, string?>? refusal = null)
    {
        if (Value(key) is not { } scalar)
        {
            return null;
        }

        if (refusal?.Invoke(scalar.Value ?? "") is { } reason)
        {
            Error(scalar, $"{Path(key)} is '{scalar.Value}'; {reason}");
        }

        return scalar.Value;
    }

    /// <summary>A text that must be there.</summary>
    public string Needed(string key, Func<string, string?>? refusal = null)
    {
        if (Text(key, refusal) is { Length: > 0 } text)
        {
            return text;
        }

        Error(mapping, $"{Path(key)} is missing");
        return "";
    }

    /// <summary>One or two widths.</summary>
    public IReadOnlyList<int> Widths(string key, IReadOnlyList<int> fallback, int most)
    {
        if (Find(key) is not { } node)
        {
            return fallback;
        }

        int[] widths = node is YamlSequenceNode { Children.Count: 1 or 2 } list
            ? [.. list.Children.Select(c => c is YamlScalarNode { Value: { } text }
                && int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var w) && w >= 1 && w <= most ? w : 0)]
            : [0];
        if (widths.Contains(0))
        {
            Error(node, $"{Path(key)} is {node}; it must be a list of one or two whole numbers from 1 to {most}");
        }

        return widths;
    }

    /// <summary>A mapping inside this one; null where it is not there. A key without anything behind it is one with nothing in it.</summary>
    public RecipeNode? Part(string key)
    {
        switch (Find(key))
        {
            case null:
                return null;
            case YamlMappingNode part:
                return new RecipeNode(file, key, part, errors);
            case YamlScalarNode { Value: "" or null or "~" }:
                return new RecipeNode(file, key, [], errors);
            case var other:
                Error(other, $"{Path(key)} is {other}; it must be a mapping");
                return null;
        }
    }

    /// <summary>Every key that nobody has asked for is an error.</summary>
    public void End()
    {
        foreach (var (key, _) in mapping.Children)
        {
            if (!_known.Contains(key.ToString(), StringComparer.Ordinal))
            {
                Error(key, $"unknown key '{Path(key.ToString())}'; known: {string.Join(", ", _known)}");
            }
        }
    }

    private T Parse<T>(string key, T fallback, Func<string, T?> parse, string bound)
        where T : struct => Value(key) is { } scalar ? Checked(key, scalar, parse(scalar.Value ?? ""), bound) ?? fallback : fallback;

    private T? Checked<T>(string key, YamlScalarNode scalar, T? value, string bound)
        where T : struct
    {
        if (value is null)
        {
            Error(scalar, $"{Path(key)} is '{scalar.Value}'; {bound}");
        }

        return value;
    }

    private YamlScalarNode? Value(string key)
    {
        if (Find(key) is not { } node)
        {
            return null;
        }

        if (node is YamlScalarNode scalar)
        {
            return scalar;
        }

        Error(node, $"{Path(key)} is {node}; it must be a single value");
        return null;
    }

    private YamlNode? Find(string key)
    {
        _known.Add(key);
        return mapping.Children.FirstOrDefault(c => c.Key is YamlScalarNode { Value: { } name } && name == key).Value;
    }

    private string Path(string key) => name.Length == 0 ? key : $"{name}.{key}";

    private void Error(YamlNode at, string what) => errors.Add(string.Create(CultureInfo.InvariantCulture, $"{file}:{at.Start.Line}: {what}."));
}
