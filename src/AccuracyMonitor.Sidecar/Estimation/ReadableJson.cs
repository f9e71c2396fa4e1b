using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace AccuracyMonitor.Sidecar.Estimation;

/// <summary>
/// A message as JSON that a person and a script read without the proto: every field is there, also false, 0 and empty ones, and counts are numbers. The wire's
/// own JSON leaves defaults out and writes 64-bit integers as text. An <c>optional</c> field that is not set is left out, as there.
/// </summary>
internal static class ReadableJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(IMessage message)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Options))
        {
            Write(json, message);
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    public static void Write(Utf8JsonWriter json, IMessage message)
    {
        // Durations and times are text in the wire's JSON.
        if (message.Descriptor.File.Package == "google.protobuf")
        {
            json.WriteRawValue(JsonFormatter.Default.Format(message));
            return;
        }

        json.WriteStartObject();
        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder())
        {
            if (field.HasPresence && !field.Accessor.HasValue(message))
            {
                continue;
            }

            json.WritePropertyName(field.JsonName);
            var value = field.Accessor.GetValue(message);
            if (!field.IsRepeated)
            {
                Write(json, field, value);
                continue;
            }

            json.WriteStartArray();
            foreach (var element in (System.Collections.IEnumerable)value)
            {
                Write(json, field, element);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, FieldDescriptor field, object value)
    {
        switch (value)
        {
            case IMessage message: Write(json, message); break;
            case string text: json.WriteStringValue(text); break;
            case bool flag: json.WriteBooleanValue(flag); break;
            case double number when double.IsFinite(number): json.WriteNumberValue(number); break;
            case float number when float.IsFinite(number): json.WriteNumberValue(number); break;
            case int number: json.WriteNumberValue(number); break;
            case uint number: json.WriteNumberValue(number); break;
            case long number: json.WriteNumberValue(number); break;
            case ulong number: json.WriteNumberValue(number); break;
            case ByteString bytes: json.WriteBase64StringValue(bytes.Span); break;
            case Enum when field.EnumType.FindValueByNumber(Convert.ToInt32(value)) is { } member: json.WriteStringValue(member.Name); break;
            default: json.WriteStringValue(Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)); break;
        }
    }
}
