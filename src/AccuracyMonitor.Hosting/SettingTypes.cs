using System.ComponentModel;

namespace AccuracyMonitor.Hosting;

/// <summary>What a setting's text must look like to be of its type.</summary>
internal static class SettingTypes
{
    public static bool CanRead(string text, Type type)
    {
        var target = Nullable.GetUnderlyingType(type) ?? type;
        if (target == typeof(string) || (text.Length == 0 && target != type))
        {
            return true;
        }

        // The converter also takes numbers that are no member.
        if (target.IsEnum)
        {
            return Enum.GetNames(target).Contains(text.Trim(), StringComparer.OrdinalIgnoreCase);
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

    public static string Describe(Type type)
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
