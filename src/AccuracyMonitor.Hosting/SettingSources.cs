using System.Collections;

namespace AccuracyMonitor.Hosting;

/// <summary>
/// Where settings come from: the JSON file of <c>--config</c>, then environment variables, then the command line. A later source overrides an earlier one.
/// </summary>
public sealed class SettingSources
{
    private readonly SettingArguments _arguments;
    private readonly Dictionary<string, string?> _variables;
    private readonly IConfigurationRoot? _file;
    private readonly string _prefix;

    private SettingSources(SettingArguments arguments, Dictionary<string, string?> variables, string prefix)
    {
        (_arguments, _variables, _prefix) = (arguments, variables, prefix);
        if (arguments.File is { } path)
        {
            _file = SettingFile.Read(path, out var failure);
            if (failure is not null)
            {
                arguments.Failures.Add(failure);
            }
        }
    }

    /// <summary>What no setting can be read from, a sentence each.</summary>
    public IReadOnlyList<string> Failures => _arguments.Failures;

    /// <summary>What the operator should know and does not keep the program from starting.</summary>
    internal IEnumerable<string> Notices =>
        _arguments.Repeated.Distinct(StringComparer.OrdinalIgnoreCase).Select(r => $"--{r} is given more than once; the last value applies.");

    /// <summary>Nothing is thrown: <see cref="ConfigurationSections.ThrowIfUnreadable"/> reports all failures together.</summary>
    /// <param name="args">Of the command line.</param>
    /// <param name="prefix">Of environment variables.</param>
    /// <param name="variables">Of the environment; null: those of the process.</param>
    public static SettingSources Read(IReadOnlyList<string> args, string prefix, IDictionary? variables = null) =>
        new(SettingArguments.Parse(args), SettingVariables.Read(prefix, variables ?? Environment.GetEnvironmentVariables()), prefix);

    public void AddTo(IConfigurationBuilder configuration)
    {
        if (_file is not null)
        {
            configuration.AddConfiguration(_file);
        }

        configuration.AddInMemoryCollection(_variables);
        configuration.AddInMemoryCollection(_arguments.Settings);
    }

    /// <summary>Whether one of the sources has a setting or section of this name. The host that .NET builds adds names of its own.</summary>
    internal bool Has(string key) => _arguments.Settings.ContainsKey(key) || _variables.ContainsKey(key) || InFile(key);

    /// <summary>Whether only the environment has the key. It is shared with other programs, so a name in it may be meant for one of those.</summary>
    internal bool IsOnlyVariable(string key) => _variables.ContainsKey(key) && !_arguments.Settings.ContainsKey(key) && !InFile(key);

    /// <summary>A setting as it is written in the source that has <paramref name="key"/>.</summary>
    internal string Written(string key, string setting) => _arguments.Settings.ContainsKey(key) ? $"--{setting}"
        : _variables.ContainsKey(key) ? $"{_prefix}{setting.Replace(":", "__", StringComparison.Ordinal)}"
        : setting;

    private bool InFile(string key) => _file?.GetChildren().Any(c => string.Equals(c.Key, key, StringComparison.OrdinalIgnoreCase)) == true;
}
