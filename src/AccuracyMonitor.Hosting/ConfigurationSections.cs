using System.ComponentModel;
using System.Reflection;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Hosting;

/// <summary>
/// The sections of the configuration. A name that is no setting and a value of the wrong type are found before anything is bound, all at once:
/// the binder itself stops at the first, and ignores the former by default.
/// </summary>
public sealed class ConfigurationSections(WebApplicationBuilder builder)
{
    private static readonly string[] Foreign = ["Logging", "Kestrel", "AllowedHosts"];
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

    /// <exception cref="OptionsValidationException">With every name and value that can't be read.</exception>
    public void ThrowIfUnreadable()
    {
        List<string> failures = [];
        foreach (var section in builder.Configuration.GetChildren())
        {
            if (_sections.TryGetValue(section.Key, out var type))
            {
                Check(section, type, failures);
            }
            else if (section.GetChildren().Any() && !Foreign.Contains(section.Key, StringComparer.OrdinalIgnoreCase))
            {
                var known = _sections.Keys.Where(k => !k.Contains(':', StringComparison.Ordinal)).Order(StringComparer.Ordinal);
                failures.Add($"{section.Key} is no section; the sections are {string.Join(", ", known)}.");
            }
        }

        if (failures.Count > 0)
        {
            throw new OptionsValidationException("", typeof(ConfigurationSections), failures);
        }
    }

    /// <summary>The settings that were given in the known sections, by name.</summary>
    public IReadOnlyDictionary<string, string> Given() => builder.Configuration.GetChildren().Where(s => _sections.ContainsKey(s.Key))
        .SelectMany(static s => s.AsEnumerable())
        .Where(static s => s.Value is not null)
        .ToDictionary(static s => s.Key, static s => s.Value!, StringComparer.OrdinalIgnoreCase);

    private void Check(IConfigurationSection section, Type type, List<string> failures)
    {
        var settings = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite)
            .ToDictionary(p => p.Name, p => p.PropertyType, StringComparer.OrdinalIgnoreCase);
        foreach (var child in section.GetChildren())
        {
            if (_sections.TryGetValue(child.Path, out var nested))
            {
                Check(child, nested, failures);
                continue;
            }

            if (!settings.TryGetValue(child.Key, out var valueType))
            {
                failures.Add($"{child.Path} is no setting; {section.Path} has {string.Join(", ", settings.Keys.Order(StringComparer.Ordinal))}.");
                continue;
            }

            var element = valueType.IsArray ? valueType.GetElementType()! : valueType;
            foreach (var value in valueType.IsArray ? child.GetChildren() : [child])
            {
                if (value.Value is not { } text)
                {
                    continue;
                }

                if (element == typeof(TimeSpan) && Durations.TryParse(text, out var duration))
                {
                    value.Value = duration.ToString("c");
                }
                else if (element == typeof(TimeSpan) || !CanRead(text, element))
                {
                    failures.Add($"{value.Path} is '{text}'; it must be {Describe(element)}.");
                }
            }
        }
    }

    private static bool CanRead(string text, Type type)
    {
        var target = Nullable.GetUnderlyingType(type) ?? type;
        if (target == typeof(string) || (text.Length == 0 && target != type))
        {
            return true;
        }

        try
        {
            return TypeDescriptor.GetConverter(target).ConvertFromInvariantString(text) is not null;
        }
#pragma warning disable CA1031 // Converters throw what they like; any of it means that the text can't be read.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }

    private static string Describe(Type type)
    {
        var target = Nullable.GetUnderlyingType(type) ?? type;
        return target switch
        {
            { IsEnum: true } => $"one of {string.Join(", ", Enum.GetNames(target))}",
            _ when target == typeof(bool) => "true or false",
            _ when target == typeof(TimeSpan) => "a duration such as 15s, 5m, 24h, 7d or 00:05:00",
            _ when target == typeof(double) => "a number",
            _ when target == typeof(string) => "text",
            _ => "a whole number",
        };
    }
}
