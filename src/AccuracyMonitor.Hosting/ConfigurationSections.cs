using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Hosting;

/// <summary>The sections of the configuration. All names that are no setting and all values of the wrong type are found before binding.</summary>
public sealed class ConfigurationSections(WebApplicationBuilder builder, SettingSources sources)
{
    private const string Logging = "Logging";

    private readonly Dictionary<string, Type> _sections = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="section">Name, or path of one within another, as <c>Listen:Tls</c>.</param>
    public void Add<TOptions, TValidator>(string section)
        where TOptions : class
        where TValidator : class, IValidateOptions<TOptions>
    {
        _sections[section] = typeof(TOptions);
        builder.Services.AddSingleton<IValidateOptions<TOptions>, TValidator>();
        builder.Services.AddOptions<TOptions>().Bind(builder.Configuration.GetSection(section)).ValidateOnStart();
    }

    /// <summary>Checks every source. What the operator should know, but can be lived with, is registered as <see cref="ConfigurationNotices"/>.</summary>
    /// <exception cref="OptionsValidationException">With every name and value that can't be read.</exception>
    public void ThrowIfUnreadable()
    {
        var check = new SettingCheck(_sections);
        List<string> notices = [.. sources.Notices];
        foreach (var section in builder.Configuration.GetChildren())
        {
            if (_sections.TryGetValue(section.Key, out var type))
            {
                check.Section(section, type);
            }
            else if (string.Equals(section.Key, Logging, StringComparison.OrdinalIgnoreCase))
            {
                check.Logging(section);
            }
            else if (section.GetChildren().Any())
            {
                check.Fail($"{section.Key} is no section; the sections are {SectionNames()}.");
            }
            else if (sources.Has(section.Key))
            {
                Unknown(section.Key, check, notices);
            }
        }

        List<string> failures = [.. sources.Failures, .. check.Failures];
        if (failures.Count > 0)
        {
            throw new OptionsValidationException("", typeof(ConfigurationSections), failures);
        }

        builder.Services.AddSingleton(new ConfigurationNotices(notices));
    }

    /// <summary>The settings that were given in the known sections, by name.</summary>
    public IReadOnlyDictionary<string, string> Given() => builder.Configuration.GetChildren().Where(s => _sections.ContainsKey(s.Key))
        .SelectMany(static s => s.AsEnumerable())
        .Where(static s => s.Value is not null)
        .ToDictionary(static s => s.Key, static s => s.Value!, StringComparer.OrdinalIgnoreCase);

    private void Unknown(string name, SettingCheck check, List<string> notices)
    {
        var meant = Like(name).Select(m => sources.Written(name, m)).ToList();
        var written = sources.Written(name, name);
        if (meant.Count > 0)
        {
            check.Fail($"{written} is no setting; do you mean {string.Join(" or ", meant)}?");
        }
        else if (sources.IsOnlyVariable(name))
        {
            notices.Add($"The environment variable {written} is no setting and has no effect; settings are {sources.Written(name, "Section:Key")}.");
        }
        else
        {
            check.Fail($"{written} is no setting; the sections are {SectionNames()}.");
        }
    }

    /// <summary>Settings that are called so, with or without their section.</summary>
    private IEnumerable<string> Like(string name) => _sections
        .SelectMany(section => SettingCheck.SettingsOf(section.Value).Keys, (section, setting) => (section.Key, Setting: setting))
        .Where(s => Bare(name) == Bare(s.Setting) || Bare(name) == Bare(s.Key + s.Setting))
        .Select(s => $"{s.Key}:{s.Setting}")
        .Order(StringComparer.Ordinal);

    private static string Bare(string name) => string.Concat(name.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();

    private string SectionNames() =>
        string.Join(", ", _sections.Keys.Where(k => !k.Contains(':', StringComparison.Ordinal)).Append(Logging).Order(StringComparer.Ordinal));
}
