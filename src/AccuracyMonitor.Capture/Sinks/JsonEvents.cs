using System.Text;
using System.Text.Json;
using AccuracyMonitor.Capture.OpenInference;

namespace AccuracyMonitor.Capture.Sinks;

/// <summary>Reads events that are JSON objects: CloudEvents in structured and batch mode, ModelMesh's payloads, KServe's log requests.</summary>
/// <param name="rename">The CloudEvents name of a field; null: it does not matter.</param>
internal sealed class JsonEvents(Func<string, string?> rename)
{
    private const string Data = "data";
    private const string Base64 = "data_base64";
    private const string Kind = "kind";
    private static readonly HashSet<string> Attributes = [.. EventAttributes.Names];

    public static readonly JsonEvents CloudEvents = new(name => name is Data or Base64 || Attributes.Contains(name) ? name : null);

    /// <summary>{id, modelid, vModelId, data, kind, status}: data is base64 of a protobuf message without a frame.</summary>
    public static readonly JsonEvents ModelMesh = new(name => name switch
    {
        "id" or "modelid" or "status" or Kind => name,
        "vModelId" => "vmodelid",
        Data => Base64,
        _ => null,
    });

    /// <summary>What KServe's agent has marshalled before it stores a batch of calls. Its sourceUri is a structure, and not needed.</summary>
    public static readonly JsonEvents LogRequests = new(name => name switch
    {
        "id" or "namespace" or "component" or "endpoint" => name,
        "reqType" => "type",
        "inferenceService" => "inferenceservicename",
        "occurrenceTime" => "time",
        "bytes" => Base64,
        _ => null,
    });

    /// <param name="json">One event, or an array of them.</param>
    /// <param name="take">Gets the attributes and the data of those that can be read.</param>
    /// <returns>How many can't; what follows a place where the JSON itself is broken counts as one.</returns>
    public int Read(ReadOnlyMemory<byte> json, Action<EventAttributes, ReadOnlyMemory<byte>> take)
    {
        var unreadable = 0;
        var reader = new Utf8JsonReader(json.Span);
        try
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartArray)
            {
                return Add(reader, json, take);
            }

            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                // A copy reads the event: one that is wrong must not take those behind it along.
                unreadable += Add(reader, json, take);
                reader.Skip();
            }

            return unreadable;
        }
        catch (JsonException)
        {
            return unreadable + 1;
        }
    }

    private int Add(Utf8JsonReader reader, ReadOnlyMemory<byte> json, Action<EventAttributes, ReadOnlyMemory<byte>> take)
    {
        EventAttributes attributes;
        ReadOnlyMemory<byte> data;
        try
        {
            (attributes, data) = ReadOne(ref reader, json);
        }
        catch (JsonException)
        {
            return 1;
        }

        if (!attributes.IsEvent)
        {
            return 1;
        }

        take(attributes, data);
        return 0;
    }

    private (EventAttributes Attributes, ReadOnlyMemory<byte> Data) ReadOne(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        Json.Expect(ref reader, JsonTokenType.StartObject);
        var attributes = new EventAttributes();
        ReadOnlyMemory<byte> data = default;
        while (Json.NextProperty(ref reader, out var name))
        {
            switch (rename(name))
            {
                case null: reader.Skip(); break;
                case Data: data = ReadData(ref reader, json); break;
                case Base64: data = ReadBase64(ref reader); break;
                case Kind: attributes.SetKind(Json.Text(ref reader)); break;
                case var attribute: attributes.Set(attribute, Json.Text(ref reader)); break;
            }
        }

        return (attributes, data);
    }

    /// <summary>Data that is no JSON is a string; of any other value its bytes as they stand.</summary>
    private static ReadOnlyMemory<byte> ReadData(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        if (reader.TokenType is JsonTokenType.String or JsonTokenType.Null)
        {
            return Encoding.UTF8.GetBytes(Json.Text(ref reader));
        }

        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return json[start..(int)reader.BytesConsumed];
    }

    private static byte[] ReadBase64(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return [];
        }

        Json.Expect(ref reader, JsonTokenType.String);
        try
        {
            return reader.TryGetBytesFromBase64(out var bytes) ? bytes : throw new JsonException("Not base64.");
        }
        catch (InvalidOperationException e)
        {
            // Half of a surrogate pair, which the reader takes for JSON all the same.
            throw new JsonException("Not base64.", e);
        }
    }
}
