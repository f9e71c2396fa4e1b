using System.Globalization;

namespace AccuracyMonitor.Training.Schedules;

/// <summary>A <see cref="RatePolicy"/> as text and back. Numbers are written so that they read back to the same bits.</summary>
internal static class RatePolicyText
{
    private const string PlateauName = "PLATEAU";
    private const string OverName = "over";
    private static readonly string[] PlateauFields = ["start", "patience", "threshold", "cooldown", "settle"];

    public static string Name(RateFunction function) => function.ToString().ToUpperInvariant();

    public static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    public static string Format(RatePolicy policy)
    {
        var parts = new List<string>();
        if (policy.Plateau is { } rule)
        {
            parts.Add($"{PlateauName} start={rule.Start} patience={rule.Patience} threshold={Number(rule.Threshold)} cooldown={rule.Cooldown} "
                + $"settle={Number(rule.Settle)}");
        }

        for (var i = 0; i < policy.Segments.Count; i++)
        {
            var at = i > 0 && policy.Plateau is null ? $"@{Number(policy.Boundaries[i - 1])} " : "";
            parts.Add(at + Format(policy.Segments[i]));
        }

        if (policy.Over is { } over)
        {
            parts.Add($"{OverName} {Number(over)}");
        }

        return string.Join("; ", parts);
    }

    /// <exception cref="FormatException">With the field, its value and its bound.</exception>
    public static RatePolicy Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (segments, boundaries) = (new List<RateSegment>(), new List<double>());
        double? over = null;
        PlateauRule? plateau = null;
        foreach (var part in text.Split(';', StringSplitOptions.TrimEntries))
        {
            var words = part.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (words.Length == 0)
            {
                throw Wrong($"there is nothing {(segments.Count == 0 ? "in it" : "after a semicolon")}; expected a function such as FIX k0=0.001");
            }

            if (over is not null)
            {
                throw Wrong($"'{part}' follows '{OverName}', which must be last");
            }

            if (words[0].Equals(OverName, StringComparison.OrdinalIgnoreCase) && segments.Count > 0)
            {
                over = words.Length == 2 ? Value(OverName, words[1]) : throw Wrong($"'{part}'; expected '{OverName}' and a number of steps");
            }
            else if (words[0].Equals(PlateauName, StringComparison.OrdinalIgnoreCase) && plateau is null && segments.Count == 0)
            {
                plateau = Plateau(words);
            }
            else
            {
                if (words[0][0] == '@')
                {
                    boundaries.Add(Value("boundary", words[0][1..]));
                    words = words[1..];
                }

                segments.Add(Segment(words));
            }
        }

        return new RatePolicy(segments, boundaries, over, plateau);
    }

    private static string Format(RateSegment segment)
    {
        var words = RateField.Of(segment.Function).Select(field => field.Name == "l"
            ? $"l={string.Join(',', segment.Lengths!.Select(Number))}"
            : $"{field.Name}={Number(segment.Value(field.Name))}");
        return $"{Name(segment.Function)} {string.Join(' ', words)}";
    }

    private static RateSegment Segment(string[] words)
    {
        var known = string.Join(", ", Enum.GetValues<RateFunction>().Select(Name));
        var name = words.Length == 0 ? "" : words[0];
        if (!Enum.GetValues<RateFunction>().Any(f => Name(f).Equals(name, StringComparison.OrdinalIgnoreCase)))
        {
            throw Wrong($"function '{name}'; it must be one of {known}");
        }

        var function = Enum.Parse<RateFunction>(name, ignoreCase: true);
        var fields = RateField.Of(function);
        var given = Fields(Name(function), words, [.. fields.Select(f => f.Name)]);
        double Of(string field, double otherwise)
        {
            if (fields.FirstOrDefault(f => f.Name == field) is not { } asked)
            {
                return otherwise;
            }

            return given.TryGetValue(field, out var value)
                ? Value(field, value)
                : asked.Default ?? throw Wrong($"{field} of {Name(function)} is missing; it must be {Number(asked.Least)} to {Number(asked.Most)}");
        }

        double[]? lengths = null;
        if (fields.Any(f => f.Name == "l"))
        {
            lengths = given.TryGetValue("l", out var list)
                ? [.. list.Split(',').Select(l => Value("l", l))]
                : throw Wrong($"l of {Name(function)} is missing; it must be a number of steps");
        }

        return new RateSegment(function, Of("k0", 0), Of("k1", 0), Of("gamma", 1), Of("p", 1), lengths);
    }

    private static PlateauRule Plateau(string[] words)
    {
        var given = Fields(PlateauName, words, PlateauFields);
        double Of(string field) => given.TryGetValue(field, out var value) ? Value(field, value) : throw Wrong($"{field} of {PlateauName} is missing");
        int Integer(string field) => Of(field) is var value && value == Math.Floor(value) && Math.Abs(value) < 1e6
            ? (int)value
            : throw Wrong($"{field} of {PlateauName} is {given[field]}; it must be a whole number");
        return new PlateauRule(Integer("start"), Integer("patience"), Of("threshold"), Integer("cooldown"), Of("settle"));
    }

    private static Dictionary<string, string> Fields(string owner, string[] words, string[] known)
    {
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var word in words.Skip(1))
        {
            if (word.Split('=') is not [var name, var value] || !known.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                throw Wrong($"'{word}' is no field of {owner}; it takes {string.Join(", ", known)}");
            }

            if (!fields.TryAdd(name, value))
            {
                throw Wrong($"{name} of {owner} is given twice");
            }
        }

        return fields;
    }

    private static double Value(string field, string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? value
            : throw Wrong($"{field} is '{text}'; it must be a number");

    private static FormatException Wrong(string what) => new($"Learning-rate policy: {what}.");
}
