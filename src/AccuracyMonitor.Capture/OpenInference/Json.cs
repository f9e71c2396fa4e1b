using System.Text;
using System.Text.Json;

namespace AccuracyMonitor.Capture.OpenInference;

/// <summary>Steps of a reader whose only failure is a <see cref="JsonException"/>.</summary>
internal static class Json
{
    public static void Expect(ref Utf8JsonReader reader, JsonTokenType type)
    {
        if (reader.TokenType != type)
        {
            throw new JsonException($"{reader.TokenType} where {type} was expected.");
        }
    }

    /// <summary>Moves to the value of the next property of the object that the reader is in; false at the object's end.</summary>
    public static bool NextProperty(ref Utf8JsonReader reader, out string name)
    {
        name = "";
        if (!reader.Read() || reader.TokenType == JsonTokenType.EndObject)
        {
            return false;
        }

        Expect(ref reader, JsonTokenType.PropertyName);
        name = Decode(ref reader);
        reader.Read();
        return true;
    }

    /// <summary>Text; a null is empty.</summary>
    public static string Text(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return "";
        }

        Expect(ref reader, JsonTokenType.String);
        return Decode(ref reader);
    }

    /// <summary>Text, or a number as it is written; a null is empty.</summary>
    public static string TextOrNumber(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Number ? Encoding.ASCII.GetString(reader.ValueSpan) : Text(ref reader);

    /// <summary>A flat array of whole numbers.</summary>
    public static List<long> Integers(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartArray);
        List<long> numbers = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            Expect(ref reader, JsonTokenType.Number);
            numbers.Add(reader.TryGetInt64(out var number) ? number : throw new JsonException("A dimension is no whole number."));
        }

        return numbers;
    }

    private static string Decode(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException("Text is not UTF-8.", e);
        }
    }
}
