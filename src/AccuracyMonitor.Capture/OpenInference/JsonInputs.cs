using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace AccuracyMonitor.Capture.OpenInference;

/// <summary>Reads the inputs of a JSON body, with or without binary tensors behind it, without a document in memory.</summary>
internal static class JsonInputs
{
    /// <returns>Null if there are none.</returns>
    public static List<InputTensor>? Read(ReadOnlyMemory<byte> body, InputBudget budget)
    {
        var reader = new Utf8JsonReader(body.Span);
        reader.Read();
        Json.Expect(ref reader, JsonTokenType.StartObject);
        var end = reader;
        end.Skip();
        var blobs = body[(int)end.BytesConsumed..];
        List<InputTensor> tensors = [];
        while (Json.NextProperty(ref reader, out var name))
        {
            if (name != "inputs")
            {
                reader.Skip();
                continue;
            }

            Json.Expect(ref reader, JsonTokenType.StartArray);
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                tensors.Add(Tensor(ref reader, ref blobs, budget));
            }
        }

        return tensors.Count > 0 ? tensors : null;
    }

    private static InputTensor Tensor(ref Utf8JsonReader reader, ref ReadOnlyMemory<byte> blobs, InputBudget budget)
    {
        budget.Charge(InputBudget.Part);
        Json.Expect(ref reader, JsonTokenType.StartObject);
        var (name, datatype) = ("", "");
        List<long> shape = [];
        int? binarySize = null;

        // The data may come before their type.
        var data = reader;
        var hasData = false;
        while (Json.NextProperty(ref reader, out var property))
        {
            switch (property)
            {
                case "name":
                    name = Json.Text(ref reader);
                    break;
                case "datatype":
                    datatype = Json.Text(ref reader);
                    break;
                case "shape":
                    shape = Shape(ref reader, budget);
                    break;
                case "parameters":
                    binarySize = BinarySize(ref reader);
                    break;
                default:
                    if (property == "data")
                    {
                        data = reader;
                        hasData = true;
                    }

                    reader.Skip();
                    break;
            }
        }

        var blob = binarySize is { } size ? Cut(ref blobs, size) : (ReadOnlyMemory<byte>?)null;
        var isText = datatype == "BYTES";
        return new InputTensor
        {
            Name = name,
            Datatype = datatype,
            Shape = shape,
            Elements = !isText ? null : blob is { } raw ? InputTensor.Split(raw, budget) : hasData ? Texts(data, budget) : [],
            Numbers = isText ? default : blob ?? (hasData ? Numbers(data, datatype, budget) : default),
        };
    }

    private static ReadOnlyMemory<byte> Cut(ref ReadOnlyMemory<byte> blobs, int size)
    {
        if (size < 0 || size > blobs.Length)
        {
            throw new FormatException($"binary_data_size is {size}; the body has {blobs.Length} more bytes.");
        }

        var blob = blobs[..size];
        blobs = blobs[size..];
        return blob;
    }

    private static List<long> Shape(ref Utf8JsonReader reader, InputBudget budget)
    {
        var end = reader;
        end.Skip();

        // A dimension takes at least two characters.
        budget.Charge((end.BytesConsumed - reader.BytesConsumed) / 2 * sizeof(long));
        return Json.Integers(ref reader);
    }

    private static int? BinarySize(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        Json.Expect(ref reader, JsonTokenType.StartObject);
        int? size = null;
        while (Json.NextProperty(ref reader, out var name))
        {
            if (name == "binary_data_size")
            {
                size = reader.GetInt32();
            }

            reader.Skip();
        }

        return size;
    }

    private static List<ReadOnlyMemory<byte>> Texts(Utf8JsonReader data, InputBudget budget)
    {
        List<ReadOnlyMemory<byte>> texts = [];
        var depth = data.CurrentDepth;
        do
        {
            if (data.TokenType is not (JsonTokenType.StartArray or JsonTokenType.EndArray))
            {
                budget.Charge(InputBudget.Part + data.ValueSpan.Length);
                texts.Add(Encoding.UTF8.GetBytes(data.GetString() ?? ""));
            }
        }
        while (IsInside(ref data, depth) && data.Read());

        return texts;
    }

    private static ReadOnlyMemory<byte> Numbers(Utf8JsonReader data, string datatype, InputBudget budget)
    {
        if (InputTensor.TypeOf(datatype) is not { } type)
        {
            return default;
        }

        var values = new ArrayBufferWriter<byte>();
        var depth = data.CurrentDepth;
        do
        {
            if (data.TokenType is not (JsonTokenType.StartArray or JsonTokenType.EndArray))
            {
                budget.Charge(type.Bytes);
                Add(values, data, datatype);
            }
        }
        while (IsInside(ref data, depth) && data.Read());

        return values.WrittenMemory;
    }

    /// <summary>Data are one value, or an array that may be nested.</summary>
    private static bool IsInside(ref Utf8JsonReader data, int depth) => data.CurrentDepth > depth || data.TokenType == JsonTokenType.StartArray;

    private static void Add(ArrayBufferWriter<byte> values, Utf8JsonReader value, string datatype)
    {
        switch (datatype)
        {
            case "BOOL":
                Add(values, value.GetBoolean());
                break;
            case "INT8":
                Add(values, value.GetSByte());
                break;
            case "INT16":
                Add(values, value.GetInt16());
                break;
            case "INT32":
                Add(values, value.GetInt32());
                break;
            case "INT64":
                Add(values, value.GetInt64());
                break;
            case "UINT8":
                Add(values, value.GetByte());
                break;
            case "UINT16":
                Add(values, value.GetUInt16());
                break;
            case "UINT32":
                Add(values, value.GetUInt32());
                break;
            case "UINT64":
                Add(values, value.GetUInt64());
                break;
            case "FP16":
                Add(values, (Half)value.GetDouble());
                break;
            case "FP32":
                Add(values, value.GetSingle());
                break;
            default:
                Add(values, value.GetDouble());
                break;
        }
    }

    private static void Add<T>(ArrayBufferWriter<byte> values, T value)
        where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value));
        values.Write(bytes);
    }
}
