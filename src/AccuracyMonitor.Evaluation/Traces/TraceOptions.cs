namespace AccuracyMonitor.Evaluation.Traces;

/// <summary>What a user says about a trace that the file itself does not say. Every part may be left out.</summary>
internal sealed record TraceOptions
{
    /// <summary>What an option of <c>--map</c> may name.</summary>
    public static readonly string[] MapKeys = ["probabilities", "label", "condition", "id", "time", "model", "version", "segment"];

    /// <summary>Names of the classes by index; null: those of the columns, or none.</summary>
    public IReadOnlyList<string>? Classes { get; init; }

    /// <summary>The number of the first class, 0 or 1; null: 0, or 1 where the columns count from 1.</summary>
    public int? ClassesFrom { get; init; }

    /// <summary>Null: softmax, unless the column's name says otherwise.</summary>
    public OutputForm? Form { get; init; }

    /// <summary>Columns by what they are (<see cref="MapKeys"/>). For probabilities also the common part of several columns' names.</summary>
    public IReadOnlyDictionary<string, string> Map { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>A .NET format of dates and times, as dd/MM/yyyy HH:mm:ss; null: ISO 8601 and numbers since 1970.</summary>
    public string? TimeFormat { get; init; }

    /// <summary>Rows with a defect that are left out and counted before reading ends with an error.</summary>
    public int MaxErrors { get; init; }

    /// <summary>Of delimited text; null: told by the header.</summary>
    public char? Delimiter { get; init; }

    /// <summary>Where the labels are; null: in the trace itself.</summary>
    public LabelSource? Labels { get; init; }

    /// <param name="text">As <c>probabilities=scores,label=y</c>.</param>
    /// <exception cref="FormatException">Another form, or a name that is none of <see cref="MapKeys"/>.</exception>
    public static IReadOnlyDictionary<string, string> ParseMap(string text)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var pair = part.Split('=', 2, StringSplitOptions.TrimEntries);
            if (pair.Length != 2 || pair[1].Length == 0 || !MapKeys.Contains(pair[0], StringComparer.Ordinal) || !map.TryAdd(pair[0], pair[1]))
            {
                throw new FormatException($"'{part}' is no mapping; expected NAME=COLUMN, each name once, with a name of {string.Join(", ", MapKeys)}.");
            }
        }

        return map;
    }

    /// <summary>Reads a file of class names: one a line, by index, or a JSON array of texts.</summary>
    /// <exception cref="FormatException">Fewer than two names, or a name twice.</exception>
    public static IReadOnlyList<string> ReadClasses(string path)
    {
        var text = File.ReadAllText(path).Trim();
        string[] names;
        try
        {
            names = text.StartsWith('[')
                ? System.Text.Json.JsonSerializer.Deserialize<string[]>(text)!
                : [.. text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)];
        }
        catch (System.Text.Json.JsonException e)
        {
            throw new FormatException($"{path}: starts like a JSON array and is not one of texts: {e.Message}", e);
        }

        return names.Length < 2 ? throw new FormatException($"{path}: {names.Length} class names; expected at least 2, one a line.")
            : names.GroupBy(n => n, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice
                ? throw new FormatException($"{path}: the class '{twice.Key}' is there more than once.")
            : names;
    }
}
