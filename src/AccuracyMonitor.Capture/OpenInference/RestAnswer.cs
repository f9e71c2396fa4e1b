using System.Text.Json;

namespace AccuracyMonitor.Capture.OpenInference;

/// <summary>Reads a REST answer: JSON, and in v2 behind it the blobs of the binary tensor extension.</summary>
internal static class RestAnswer
{
    /// <param name="body">Unpacked.</param>
    /// <param name="jsonLength">
    /// Value of Inference-Header-Content-Length. Null, as from senders that don't pass the header on, or 0: the first JSON value is the header
    /// and the rest is blobs.
    /// </param>
    /// <param name="answer">Set when the result is <see cref="CaptureFailure.None"/>.</param>
    public static CaptureFailure TryRead(ReadOnlyMemory<byte> body, long? jsonLength, out InferenceAnswer? answer)
    {
        answer = null;
        if (jsonLength < 0 || jsonLength > body.Length)
        {
            return CaptureFailure.Undecodable;
        }

        var failure = TryReadJson(body, jsonLength, out answer);

        // Again, and only then: this looks at every byte.
        return failure == CaptureFailure.Undecodable && JsonNumbers.Quote(body.Span) is { } quoted ? TryReadJson(quoted, jsonLength, out answer) : failure;
    }

    private static CaptureFailure TryReadJson(ReadOnlyMemory<byte> body, long? jsonLength, out InferenceAnswer? answer)
    {
        answer = null;
        try
        {
            var json = jsonLength is > 0 and var length ? body.Span[..(int)length] : body.Span;
            var (header, consumed) = ReadHeader(json);
            if (header.Predictions is { } predictions)
            {
                answer = new InferenceAnswer(header.Model, header.Version, header.Id, predictions);
                return CaptureFailure.None;
            }

            if (header is { IsError: true, Tensors: null })
            {
                return CaptureFailure.FailedCall;
            }

            if (header.Tensors is null || !TryAttach(header.Tensors, body[(jsonLength is > 0 and var l ? (int)l : consumed)..], out var outputs))
            {
                return CaptureFailure.Undecodable;
            }

            answer = new InferenceAnswer(header.Model, header.Version, header.Id, outputs);
            return CaptureFailure.None;
        }
        catch (JsonException)
        {
            return CaptureFailure.Undecodable;
        }
    }

    private static (Header Header, int Consumed) ReadHeader(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        var header = new Header();
        reader.Read();
        Json.Expect(ref reader, JsonTokenType.StartObject);
        while (Json.NextProperty(ref reader, out var name))
        {
            switch (name)
            {
                case "model_name": header.Model = Json.Text(ref reader); break;
                case "model_version": header.Version = Json.TextOrNumber(ref reader); break;
                case "id": header.Id = Json.TextOrNumber(ref reader); break;
                case "outputs": header.Tensors = ReadTensors(ref reader); break;
                case V1Predictions.Unnamed: header.Predictions = V1Predictions.Read(ref reader); break;
                case "error":
                    header.IsError = reader.TokenType != JsonTokenType.Null;
                    reader.Skip();
                    break;
                default: reader.Skip(); break;
            }
        }

        return (header, (int)reader.BytesConsumed);
    }

    private static List<JsonTensor> ReadTensors(ref Utf8JsonReader reader)
    {
        Json.Expect(ref reader, JsonTokenType.StartArray);
        List<JsonTensor> tensors = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            tensors.Add(JsonTensor.Read(ref reader));
        }

        return tensors;
    }

    /// <summary>Cuts the blobs in the order of the outputs. What is left over must be white space: else the answer is not as its header says.</summary>
    private static bool TryAttach(List<JsonTensor> tensors, ReadOnlyMemory<byte> blobs, out OutputTensor[] outputs)
    {
        outputs = new OutputTensor[tensors.Count];
        for (var i = 0; i < outputs.Length; i++)
        {
            ReadOnlyMemory<byte>? blob = null;
            if (tensors[i].BinarySize is { } size)
            {
                if (size > blobs.Length)
                {
                    return false;
                }

                blob = blobs[..(int)size];
                blobs = blobs[(int)size..];
            }

            outputs[i] = tensors[i].ToOutput(blob);
        }

        return blobs.Span.Trim(" \t\r\n"u8).IsEmpty;
    }

    private sealed class Header
    {
        public string Model { get; set; } = "";

        public string Version { get; set; } = "";

        public string Id { get; set; } = "";

        /// <summary>It says what went wrong, as some servers do under status 200.</summary>
        public bool IsError { get; set; }

        /// <summary>Of the V1 protocol; null: not an answer of it.</summary>
        public List<OutputTensor>? Predictions { get; set; }

        /// <summary>Null: not an answer of this protocol.</summary>
        public List<JsonTensor>? Tensors { get; set; }
    }
}
