using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using AccuracyMonitor.OpenInference;
using Google.Protobuf;

namespace AccuracyMonitor.Capture.OpenInference;

/// <summary>
/// Reads the inputs out of the body of a request, by what it is: JSON with or without binary tensors, that packed, or protobuf with or without a frame.
/// Never throws for what it reads.
/// </summary>
internal static class RequestInputs
{
    /// <param name="body">Of one request.</param>
    /// <param name="maxBytes">Largest size of an unpacked body.</param>
    /// <returns>Null: it is no such request.</returns>
    public static IReadOnlyList<InputTensor>? Read(ReadOnlyMemory<byte> body, int maxBytes)
    {
        try
        {
            if (Unframed(body) is { } message)
            {
                return Unpacked(message, maxBytes) is { } plain ? OfMessage(plain) : null;
            }

            return Unpacked(body, maxBytes) is not { } unpacked ? null : IsJson(unpacked.Span) ? OfJson(unpacked) : OfMessage(unpacked);
        }
        catch (Exception e) when (e is JsonException or InvalidProtocolBufferException or FormatException or InvalidOperationException or OverflowException)
        {
            return null;
        }
    }

    private static bool IsJson(ReadOnlySpan<byte> body) => body.TrimStart(" \t\r\n"u8) is [(byte)'{', ..];

    /// <returns>Null: it is no frame of gRPC.</returns>
    private static ReadOnlyMemory<byte>? Unframed(ReadOnlyMemory<byte> body) =>
        body.Length >= OpenInferenceDecoder.FramePrefix && body.Span[0] <= 1
        && BinaryPrimitives.ReadUInt32BigEndian(body.Span[1..]) == body.Length - OpenInferenceDecoder.FramePrefix
            ? body[OpenInferenceDecoder.FramePrefix..]
            : (ReadOnlyMemory<byte>?)null;

    private static ReadOnlyMemory<byte>? Unpacked(ReadOnlyMemory<byte> body, int maxBytes) => Compression.ByMagicNumber(body.Span) is not { } packing
        ? body
        : Compression.TryUnpack(body, packing, maxBytes, out var unpacked) == CaptureFailure.None ? unpacked : (ReadOnlyMemory<byte>?)null;

    private static List<InputTensor>? OfMessage(ReadOnlyMemory<byte> message)
    {
        var request = ModelInferRequest.Parser.ParseFrom(message.Span);
        List<InputTensor> tensors = [];
        for (var i = 0; i < request.Inputs.Count; i++)
        {
            var input = request.Inputs[i];
            var raw = i < request.RawInputContents.Count ? request.RawInputContents[i].Memory : (ReadOnlyMemory<byte>?)null;
            var isText = input.Datatype == "BYTES";
            tensors.Add(new InputTensor
            {
                Name = input.Name,
                Datatype = input.Datatype,
                Shape = input.Shape,
                Elements = !isText ? null : raw is { } text ? InputTensor.Split(text) : [.. input.Contents?.BytesContents.Select(static b => b.Memory) ?? []],
                Numbers = isText ? default : raw ?? Typed(input.Datatype, input.Contents ?? new InferTensorContents()),
            });
        }

        return tensors.Count > 0 ? tensors : null;
    }

    private static ReadOnlyMemory<byte> Typed(string datatype, InferTensorContents contents) => datatype switch
    {
        "BOOL" => Bytes([.. contents.BoolContents]),
        "INT8" => Bytes([.. contents.IntContents.Select(static v => (sbyte)v)]),
        "INT16" => Bytes([.. contents.IntContents.Select(static v => (short)v)]),
        "INT32" => Bytes([.. contents.IntContents]),
        "INT64" => Bytes([.. contents.Int64Contents]),
        "UINT8" => Bytes([.. contents.UintContents.Select(static v => (byte)v)]),
        "UINT16" => Bytes([.. contents.UintContents.Select(static v => (ushort)v)]),
        "UINT32" => Bytes([.. contents.UintContents]),
        "UINT64" => Bytes([.. contents.Uint64Contents]),
        "FP32" => Bytes([.. contents.Fp32Contents]),
        "FP64" => Bytes([.. contents.Fp64Contents]),
        _ => default,
    };

    private static byte[] Bytes<T>(T[] values)
        where T : unmanaged => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

    private static List<InputTensor>? OfJson(ReadOnlyMemory<byte> body)
    {
        var reader = new Utf8JsonReader(body.Span);
        using var document = JsonDocument.ParseValue(ref reader);
        var blobs = body[(int)reader.BytesConsumed..];
        if (!document.RootElement.TryGetProperty("inputs", out var inputs) || inputs.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        List<InputTensor> tensors = [];
        foreach (var input in inputs.EnumerateArray())
        {
            ReadOnlyMemory<byte>? blob = null;
            if (input.TryGetProperty("parameters", out var parameters) && parameters.TryGetProperty("binary_data_size", out var size))
            {
                var length = size.GetInt32();
                if (length < 0 || length > blobs.Length)
                {
                    return null;
                }

                (blob, blobs) = (blobs[..length], blobs[length..]);
            }

            tensors.Add(OfJson(input, blob));
        }

        return tensors.Count > 0 ? tensors : null;
    }

    private static InputTensor OfJson(JsonElement input, ReadOnlyMemory<byte>? blob)
    {
        var datatype = input.TryGetProperty("datatype", out var type) ? type.GetString() ?? "" : "";
        var isText = datatype == "BYTES";
        List<JsonElement> values = [];
        if (blob is null && input.TryGetProperty("data", out var data))
        {
            Flatten(data, values);
        }

        return new InputTensor
        {
            Name = input.TryGetProperty("name", out var name) ? name.GetString() ?? "" : "",
            Datatype = datatype,
            Shape = input.TryGetProperty("shape", out var shape) ? [.. shape.EnumerateArray().Select(static s => s.GetInt64())] : [],
            Elements = !isText ? null
                : blob is { } raw ? InputTensor.Split(raw)
                : [.. values.Select(static v => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(v.GetString() ?? ""))],
            Numbers = isText ? default : blob ?? Numbers(datatype, values),
        };
    }

    /// <summary>Data may be flat or nested.</summary>
    private static void Flatten(JsonElement data, List<JsonElement> values)
    {
        if (data.ValueKind != JsonValueKind.Array)
        {
            values.Add(data);
            return;
        }

        foreach (var item in data.EnumerateArray())
        {
            Flatten(item, values);
        }
    }

    private static ReadOnlyMemory<byte> Numbers(string datatype, List<JsonElement> values) => datatype switch
    {
        "BOOL" => Bytes([.. values.Select(static v => v.GetBoolean())]),
        "INT8" => Bytes([.. values.Select(static v => v.GetSByte())]),
        "INT16" => Bytes([.. values.Select(static v => v.GetInt16())]),
        "INT32" => Bytes([.. values.Select(static v => v.GetInt32())]),
        "INT64" => Bytes([.. values.Select(static v => v.GetInt64())]),
        "UINT8" => Bytes([.. values.Select(static v => v.GetByte())]),
        "UINT16" => Bytes([.. values.Select(static v => v.GetUInt16())]),
        "UINT32" => Bytes([.. values.Select(static v => v.GetUInt32())]),
        "UINT64" => Bytes([.. values.Select(static v => v.GetUInt64())]),
        "FP16" => Bytes([.. values.Select(static v => (Half)v.GetDouble())]),
        "FP32" => Bytes([.. values.Select(static v => v.GetSingle())]),
        "FP64" => Bytes([.. values.Select(static v => v.GetDouble())]),
        _ => default,
    };
}
