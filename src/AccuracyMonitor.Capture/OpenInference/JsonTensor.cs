using System.Text.Json;

namespace AccuracyMonitor.Capture.OpenInference;

/// <summary>One element of <c>outputs</c> in a REST answer: its fields may come in any order, its data nested or flat.</summary>
internal sealed class JsonTensor
{
    private string _name = "";
    private string _datatype = "";
    private bool _inSharedMemory;
    private string? _firstText;
    private List<long> _shape = [];
    private List<float>? _floats;

    /// <summary>Bytes of the blob that holds the values; null: they are in the JSON.</summary>
    public long? BinarySize { get; private set; }

    /// <param name="reader">At the start of the object; afterwards at its end.</param>
    /// <exception cref="JsonException">Not what the protocol has here.</exception>
    public static JsonTensor Read(ref Utf8JsonReader reader)
    {
        var tensor = new JsonTensor();
        Json.Expect(ref reader, JsonTokenType.StartObject);
        while (Json.NextProperty(ref reader, out var name))
        {
            switch (name)
            {
                case "name": tensor._name = Json.Text(ref reader); break;
                case "datatype": tensor._datatype = Json.Text(ref reader); break;
                case "shape": tensor._shape = Json.Integers(ref reader); break;
                case "parameters": tensor.ReadParameters(ref reader); break;
                case "data": tensor.ReadData(ref reader); break;
                default: reader.Skip(); break;
            }
        }

        return tensor;
    }

    /// <param name="blob">Its part of what follows the JSON; null when <see cref="BinarySize"/> is.</param>
    public OutputTensor ToOutput(ReadOnlyMemory<byte>? blob) => new()
    {
        Name = _name,
        Datatype = _datatype,
        Shape = _shape,
        InSharedMemory = _inSharedMemory,
        Raw = blob,
        Floats = _floats,
        FirstText = _firstText
            ?? (blob is { } bytes && string.Equals(_datatype, "BYTES", StringComparison.Ordinal) ? ProtobufAnswer.FirstText(bytes.Span) : null),
    };

    /// <summary>Reads an array, nested or flat.</summary>
    /// <param name="reader">At its start; afterwards at its end.</param>
    /// <param name="numbers">Gets them, NaN for those that are not finite.</param>
    /// <param name="firstText">Set to the first text that stands for no number.</param>
    /// <exception cref="JsonException">It holds something else.</exception>
    public static void ReadNumbers(ref Utf8JsonReader reader, List<float> numbers, ref string? firstText)
    {
        Json.Expect(ref reader, JsonTokenType.StartArray);
        var depth = reader.CurrentDepth;
        while (reader.Read() && !(reader.TokenType == JsonTokenType.EndArray && reader.CurrentDepth == depth))
        {
            if (reader.TokenType is not (JsonTokenType.StartArray or JsonTokenType.EndArray))
            {
                ReadNumber(ref reader, numbers, ref firstText);
            }
        }
    }

    /// <inheritdoc cref="ReadNumbers"/>
    public static void ReadNumber(ref Utf8JsonReader reader, List<float> numbers, ref string? firstText)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Number:
                numbers.Add(reader.TryGetSingle(out var value) ? value : float.NaN);
                break;

            // What some servers write for a NaN.
            case JsonTokenType.Null:
                numbers.Add(float.NaN);
                break;
            case JsonTokenType.String when Json.Text(ref reader) is var text:
                if (text is JsonNumbers.NotFinite or "NaN" or "Infinity" or "-Infinity")
                {
                    numbers.Add(float.NaN);
                }
                else
                {
                    firstText ??= text;
                }

                break;
            case JsonTokenType.True or JsonTokenType.False:
                break;
            default:
                throw new JsonException("data holds something other than numbers, text and arrays.");
        }
    }

    private void ReadParameters(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        Json.Expect(ref reader, JsonTokenType.StartObject);
        while (Json.NextProperty(ref reader, out var name))
        {
            if (name == "binary_data_size")
            {
                BinarySize = reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var size) && size >= 0
                    ? size
                    : throw new JsonException("binary_data_size is no size.");
            }
            else
            {
                _inSharedMemory |= name == ProtobufAnswer.SharedMemoryRegion;
                reader.Skip();
            }
        }
    }

    private void ReadData(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        _floats = [];
        ReadNumbers(ref reader, _floats, ref _firstText);
    }
}
