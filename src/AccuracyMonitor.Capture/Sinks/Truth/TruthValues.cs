using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using AccuracyMonitor.Capture.OpenInference;

namespace AccuracyMonitor.Capture.Sinks.Truth;

/// <summary>Reads single values of a truth event. Each names what is wrong: field, value and bound.</summary>
internal static class TruthValues
{
    /// <summary>Of a model's name and a version.</summary>
    public const int MaxName = 128;

    /// <summary>Of a prediction's id, with the caller who reported it.</summary>
    public const int MaxId = 257;

    private const int MaxClassName = 100;
    private const int MaxTime = 64;
    private const int ShownBytes = 40;

    /// <summary>Bytes that one character of a text takes in JSON at most: \uXXXX.</summary>
    private const int BytesOfCharacter = 6;

    /// <exception cref="JsonException">The text is not UTF-8.</exception>
    public static bool TryText(ref Utf8JsonReader reader, string field, int bound, out string text, out string problem)
    {
        (text, problem) = ("", "");
        if (reader.TokenType != JsonTokenType.String)
        {
            problem = $"{field} is {Shown(reader)}; it must be a text.";
            reader.Skip();
            return false;
        }

        // Before the text is made.
        if (reader.ValueSpan.Length > bound * BytesOfCharacter)
        {
            problem = $"{field} has {reader.ValueSpan.Length} bytes; it must have 1 to {bound} characters.";
            return false;
        }

        text = Json.Text(ref reader);
        if (text.Length is 0 || text.Length > bound)
        {
            problem = $"{field} has {text.Length} characters; it must have 1 to {bound}.";
        }

        return problem.Length == 0;
    }

    /// <summary>A number, or a name.</summary>
    /// <exception cref="JsonException">The name is not UTF-8.</exception>
    public static bool TryClass(ref Utf8JsonReader reader, string field, out uint? number, out string name, out string problem)
    {
        (number, name, problem) = (null, "", "");
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return TryText(ref reader, field, MaxClassName, out name, out problem);
            case JsonTokenType.Number when reader.TryGetUInt32(out var value):
                number = value;
                return true;
            default:
                problem = $"{field} is {Shown(reader)}; it must be a class number from 0, or a class name.";
                reader.Skip();
                return false;
        }
    }

    /// <exception cref="JsonException">It is not UTF-8.</exception>
    public static bool TryTime(ref Utf8JsonReader reader, string field, [NotNullWhen(true)] out DateTimeOffset? time, out string problem)
    {
        time = null;
        if (!TryText(ref reader, field, MaxTime, out var text, out problem))
        {
            return false;
        }

        // A time without an offset would be of this machine's zone.
        var hasOffset = text[^1] is 'Z' or 'z' || text.LastIndexOfAny(['+', '-']) > "2026-11-30".Length;
        if (hasOffset && reader.TryGetDateTimeOffset(out var value))
        {
            time = value;
            return true;
        }

        problem = $"{field} is {Shown(reader)}; it must be a time as in RFC 3339, such as 2026-11-30T12:00:00Z.";
        return false;
    }

    /// <summary>The value as it stands, or its beginning.</summary>
    public static string Shown(in Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => $"'{Start(reader.ValueSpan)}'",
        _ => Start(reader.ValueSpan),
    };

    private static string Start(ReadOnlySpan<byte> value) =>
        Encoding.UTF8.GetString(value[..Math.Min(value.Length, ShownBytes)]) + (value.Length > ShownBytes ? "…" : "");
}
