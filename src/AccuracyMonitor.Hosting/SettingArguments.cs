namespace AccuracyMonitor.Hosting;

/// <summary>Settings as they are written on a command line: <c>--Section:Key=value</c> or <c>--Section:Key value</c>, and <c>--config FILE</c>.</summary>
internal sealed class SettingArguments
{
    private const string Dashes = "--";
    private const string Config = "config";

    private SettingArguments()
    {
    }

    /// <summary>The file of <c>--config</c>, or null.</summary>
    public string? File { get; private set; }

    public Dictionary<string, string?> Settings { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What cannot be read, a sentence each.</summary>
    public List<string> Failures { get; } = [];

    /// <summary>Names that are given more than once; the last value applies.</summary>
    public List<string> Repeated { get; } = [];

    public static SettingArguments Parse(IReadOnlyList<string> tokens)
    {
        var result = new SettingArguments();
        for (var i = 0; i < tokens.Count; i++)
        {
            var token = tokens[i];
            if (!token.StartsWith(Dashes, StringComparison.Ordinal) || token.Length == Dashes.Length)
            {
                result.Failures.Add(token.Contains('=', StringComparison.Ordinal)
                    ? $"'{token}' is no setting; write {Dashes}{token.TrimStart('-', '/')}."
                    : $"'{token}' is no setting; settings are written --Section:Key=value.");
                continue;
            }

            var equals = token.IndexOf('=', StringComparison.Ordinal);
            if (equals >= 0)
            {
                result.Add(token[Dashes.Length..equals], token[(equals + 1)..]);
            }
            else if (i + 1 < tokens.Count && !tokens[i + 1].StartsWith(Dashes, StringComparison.Ordinal))
            {
                result.Add(token[Dashes.Length..], tokens[++i]);
            }
            else
            {
                result.Failures.Add($"{token} has no value; write {token}={(token is $"{Dashes}{Config}" ? "FILE" : "VALUE")}.");
            }
        }

        return result;
    }

    private void Add(string name, string value)
    {
        if (!string.Equals(name, Config, StringComparison.OrdinalIgnoreCase))
        {
            if (!Settings.TryAdd(name, value))
            {
                Settings[name] = value;
                Repeated.Add(name);
            }
        }
        else if (value.Length == 0)
        {
            Failures.Add("--config names no file.");
        }
        else if (File is { } first)
        {
            Failures.Add($"--config is given twice, '{first}' and '{value}'; one file is read.");
        }
        else
        {
            File = value;
        }
    }
}
