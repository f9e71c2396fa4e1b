using System.Buffers;
using System.Text.Json;
using AccuracyMonitor.Demo.Data;

namespace AccuracyMonitor.Demo.Serving;

/// <summary>
/// Reads <c>{"instances":[…],"ids":[…],"probabilities":false}</c>. An instance is 784 numbers 0…1, or base64 of 784 bytes 0…255. Read by
/// hand: an object per number would cost more than the network does.
/// </summary>
internal static class PredictRequestReader
{
    private const int PixelCount = LabelledImages.PixelCount;

    /// <param name="json">The whole body.</param>
    /// <param name="newId">Makes an id where the caller gave none.</param>
    /// <exception cref="PredictRequestException">Not JSON of this form, or beyond a bound.</exception>
    public static PredictRequest Read(ReadOnlySequence<byte> json, Func<string> newId)
    {
        var reader = new Utf8JsonReader(json);
        var parts = new Parts();
        try
        {
            ReadObject(ref reader, parts);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            throw new PredictRequestException("body", $"Not the JSON of a predict request: {e.Message}");
        }

        if (parts.Images.Count == 0)
        {
            throw new PredictRequestException("instances", "At least one instance is needed.");
        }

        if (parts.Ids is { } ids && ids.Count != parts.Images.Count)
        {
            throw new PredictRequestException("ids", $"{ids.Count} ids for {parts.Images.Count} instances; give one each, or none at all.");
        }

        return new PredictRequest(
            parts.Values.ToArray(),
            [.. parts.Images],
            parts.Ids is null ? [.. parts.Images.Select(_ => newId())] : [.. parts.Ids],
            parts.WithProbabilities);
    }

    private static void ReadObject(ref Utf8JsonReader reader, Parts parts)
    {
        Expect(ref reader, JsonTokenType.StartObject, "body");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("instances"u8))
            {
                ReadInstances(ref reader, parts);
            }
            else if (reader.ValueTextEquals("ids"u8))
            {
                parts.Ids = ReadIds(ref reader);
            }
            else if (reader.ValueTextEquals("probabilities"u8))
            {
                reader.Read();
                parts.WithProbabilities = reader.GetBoolean();
            }
            else
            {
                throw new PredictRequestException(
                    reader.GetString()!, $"Unknown field '{reader.GetString()}'; known are instances, ids, probabilities.");
            }
        }
    }

    private static void ReadInstances(ref Utf8JsonReader reader, Parts parts)
    {
        Expect(ref reader, JsonTokenType.StartArray, "instances");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var index = parts.Images.Count;
            if (index == PredictRequest.MaxInstances)
            {
                throw new PredictRequestException("instances", $"More than {PredictRequest.MaxInstances} instances.");
            }

            parts.Images.Add(reader.TokenType switch
            {
                JsonTokenType.String => ReadBytes(ref reader, parts.Values, index),
                JsonTokenType.StartArray => ReadNumbers(ref reader, parts.Values, index),
                _ => throw new PredictRequestException($"instances[{index}]", "Neither a base64 string nor an array of numbers."),
            });
        }
    }

    private static byte[] ReadBytes(ref Utf8JsonReader reader, List<float> values, int index)
    {
        if (!reader.TryGetBytesFromBase64(out var bytes) || bytes.Length != PixelCount)
        {
            throw new PredictRequestException($"instances[{index}]", $"Not base64 of {PixelCount} bytes.");
        }

        foreach (var pixel in bytes)
        {
            values.Add(pixel / 255f);
        }

        return bytes;
    }

    private static byte[] ReadNumbers(ref Utf8JsonReader reader, List<float> values, int index)
    {
        var bytes = new byte[PixelCount];
        var count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var value = reader.GetSingle();
            if (count == PixelCount || value is not (>= 0 and <= 1))
            {
                throw new PredictRequestException($"instances[{index}]", $"Not {PixelCount} numbers from 0 to 1: value {count} is {value}.");
            }

            values.Add(value);
            bytes[count++] = (byte)MathF.Round(value * 255);
        }

        return count == PixelCount
            ? bytes
            : throw new PredictRequestException($"instances[{index}]", $"{count} numbers; expected {PixelCount}.");
    }

    private static List<string> ReadIds(ref Utf8JsonReader reader)
    {
        var ids = new List<string>();
        Expect(ref reader, JsonTokenType.StartArray, "ids");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var id = reader.GetString();
            if (id is not { Length: > 0 and <= PredictRequest.MaxIdLength } || ids.Count == PredictRequest.MaxInstances)
            {
                throw new PredictRequestException(
                    $"ids[{ids.Count}]",
                    $"At most {PredictRequest.MaxInstances} ids of 1 to {PredictRequest.MaxIdLength} characters.");
            }

            ids.Add(id);
        }

        return ids;
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType token, string field)
    {
        if (!reader.Read() || reader.TokenType != token)
        {
            throw new PredictRequestException(field, $"Expected {token}, found {reader.TokenType}.");
        }
    }

    private sealed class Parts
    {
        public List<float> Values { get; } = [];

        public List<byte[]> Images { get; } = [];

        public List<string>? Ids { get; set; }

        public bool WithProbabilities { get; set; }
    }
}
