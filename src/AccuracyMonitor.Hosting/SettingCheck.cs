using System.Globalization;
using System.Reflection;

namespace AccuracyMonitor.Hosting;

/// <summary>Finds names that are no setting, and values of the wrong type or shape. The binder stops at the first wrong value and ignores the rest.</summary>
/// <param name="sections">Options by the path of their section.</param>
internal sealed class SettingCheck(IReadOnlyDictionary<string, Type> sections)
{
    private readonly List<string> _failures = [];

    public IReadOnlyList<string> Failures => _failures;

    public static Dictionary<string, Type> SettingsOf(Type options) => options.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(p => p.CanWrite).ToDictionary(p => p.Name, p => p.PropertyType, StringComparer.OrdinalIgnoreCase);

    public void Fail(string failure) => _failures.Add(failure);

    public void Section(IConfigurationSection section, Type options)
    {
        var settings = SettingsOf(options);
        var names = string.Join(", ", settings.Keys.Order(StringComparer.Ordinal));
        if (section.Value is { Length: > 0 } value)
        {
            Fail($"{section.Path} is '{value}'; it is a section and has {names}.");
        }

        foreach (var child in section.GetChildren())
        {
            if (sections.TryGetValue(child.Path, out var nested))
            {
                Section(child, nested);
            }
            else if (settings.TryGetValue(child.Key, out var type))
            {
                Setting(child, type);
            }
            else
            {
                Fail($"{child.Path} is no setting; {section.Path} has {names}.");
            }
        }
    }

    /// <summary>The section Logging belongs to .NET, which ignores names that it does not know.</summary>
    public void Logging(IConfigurationSection logging)
    {
        foreach (var child in logging.GetChildren())
        {
            if (Is(child, "LogLevel"))
            {
                Levels(child);
            }
            else if (!Is(child, "Console"))
            {
                Fail($"{child.Path} is no setting; {logging.Path} has LogLevel and Console.");
            }
            else if (child.GetChildren().FirstOrDefault(c => Is(c, "LogLevel")) is { } levels)
            {
                Levels(levels);
            }
        }

        static bool Is(IConfigurationSection section, string name) => string.Equals(section.Key, name, StringComparison.OrdinalIgnoreCase);

        void Levels(IConfigurationSection levels)
        {
            if (levels.Value is { Length: > 0 } value)
            {
                Fail($"{levels.Path} is '{value}'; write {levels.Path}:Default={value}.");
            }

            foreach (var level in levels.GetChildren())
            {
                Value(level, typeof(LogLevel));
            }
        }
    }

    private void Setting(IConfigurationSection setting, Type type)
    {
        if (type.IsArray)
        {
            Many(setting, type.GetElementType()!, "0", "list");
        }
        else if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Dictionary<,>))
        {
            Many(setting, type.GetGenericArguments()[1], "NAME", "table");
        }
        else
        {
            Value(setting, type);
        }
    }

    private void Many(IConfigurationSection setting, Type element, string key, string kind)
    {
        if (setting.Value is { Length: > 0 } value)
        {
            Fail($"{setting.Path} is '{value}'; it is a {kind}: write {setting.Path}:{key}={value}.");
        }

        foreach (var child in setting.GetChildren())
        {
            if (kind is "list" && !int.TryParse(child.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            {
                Fail($"{child.Path} is no setting; the elements of {setting.Path} are numbered: {setting.Path}:0, {setting.Path}:1, …");
                continue;
            }

            if (element == typeof(string) && child.Value is "")
            {
                Fail($"{child.Path} is empty; leave it out, or give it a value.");
            }

            Value(child, element);
        }
    }

    private void Value(IConfigurationSection setting, Type type)
    {
        if (setting.GetChildren().Any())
        {
            Fail($"{setting.Path} has parts ({string.Join(", ", setting.GetChildren().Select(c => c.Key))}); it must be {SettingTypes.Describe(type)}.");
        }
        else if (setting.Value is not { } text)
        {
            if (Nullable.GetUnderlyingType(type) is null)
            {
                Fail($"{setting.Path} is null; it must be {SettingTypes.Describe(type)}.");
            }
        }
        else if (type == typeof(TimeSpan) && Durations.TryParse(text, out var duration))
        {
            setting.Value = duration.ToString("c");
        }
        else if (type == typeof(TimeSpan) || !SettingTypes.CanRead(text, type))
        {
            Fail($"{setting.Path} is '{text}'; it must be {SettingTypes.Describe(type)}.");
        }
    }
}
