using System.Globalization;
using System.Text.Json;

namespace AccuracyMonitor.Bridge.LabelStudio;

/// <summary>Reads what another program wrote: a field that is missing or has another type is null.</summary>
internal static class JsonReading
{
    public static JsonElement? Field(this JsonElement element, string name)
    {
        try
        {
            return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
                ? value
                : null;
        }
        catch (InvalidOperationException)
        {
            // Another field's name has half of a surrogate pair.
            return null;
        }
    }

    public static string? Text(this JsonElement element, string name) =>
        element.Field(name)?.Text();

    /// <summary>Null also for half of a surrogate pair (<c>\ud800</c>), which UTF-8 cannot hold.</summary>
    public static string? Text(this JsonElement element)
    {
        try
        {
            return element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    public static long? Number(this JsonElement element, string name) =>
        element.Field(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) ? number : null;

    public static double? Real(this JsonElement element, string name) =>
        element.Field(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out var number) ? number : null;

    public static bool? Flag(this JsonElement element, string name) =>
        element.Field(name) is { ValueKind: JsonValueKind.True or JsonValueKind.False } value ? value.GetBoolean() : null;

    public static IEnumerable<JsonElement> List(this JsonElement element, string name) =>
        element.Field(name) is { ValueKind: JsonValueKind.Array } value ? value.EnumerateArray() : [];

    public static DateTimeOffset? Time(this JsonElement element, string name) =>
        DateTimeOffset.TryParse(element.Text(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    /// <summary>Ids are numbers here, and texts in the seam.</summary>
    public static string? Id(this JsonElement element, string name) => element.Number(name)?.ToString(CultureInfo.InvariantCulture);
}
