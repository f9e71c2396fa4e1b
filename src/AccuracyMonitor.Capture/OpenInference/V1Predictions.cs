using System.Runtime.InteropServices;
using System.Text.Json;

namespace AccuracyMonitor.Capture.OpenInference;

/// <summary>
/// Reads <c>predictions</c> of KServe's V1 protocol: one element for each row, an array of numbers, or an object with several named outputs. What they
/// are is not said, so every number is taken for a floating-point one.
/// </summary>
internal static class V1Predictions
{
    /// <summary>Name of the output where the rows do not name it.</summary>
    public const string Unnamed = "predictions";

    /// <param name="reader">At the start of the array; afterwards at its end.</param>
    /// <exception cref="JsonException">Not what the protocol has here.</exception>
    public static List<OutputTensor> Read(ref Utf8JsonReader reader)
    {
        Json.Expect(ref reader, JsonTokenType.StartArray);
        var columns = new Dictionary<string, Column>(StringComparer.Ordinal);
        var rows = 0;
        for (; reader.Read() && reader.TokenType != JsonTokenType.EndArray; rows++)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                ReadCell(ref reader, columns, Unnamed);
                continue;
            }

            while (Json.NextProperty(ref reader, out var name))
            {
                ReadCell(ref reader, columns, name);
            }
        }

        return rows == 0 ? [] : [.. columns.Select(c => c.Value.ToOutput(c.Key, rows))];
    }

    private static void ReadCell(ref Utf8JsonReader reader, Dictionary<string, Column> columns, string name)
    {
        ref var column = ref CollectionsMarshal.GetValueRefOrAddDefault(columns, name, out _);
        column ??= new Column();
        column.Read(ref reader);
    }

    private sealed class Column
    {
        private readonly List<float> _values = [];
        private int _cells;
        private int _width = -1;
        private bool _isUneven;
        private string? _text;

        public void Read(ref Utf8JsonReader reader)
        {
            var before = _values.Count;
            var isArray = reader.TokenType == JsonTokenType.StartArray;
            if (isArray)
            {
                JsonTensor.ReadNumbers(ref reader, _values, ref _text);
            }
            else
            {
                JsonTensor.ReadNumber(ref reader, _values, ref _text);
            }

            // A number alone is a row of [N]; an array of one number is one of [N, 1].
            var width = isArray ? _values.Count - before : 0;
            _isUneven |= _cells++ > 0 && width != _width;
            _width = width;
        }

        public OutputTensor ToOutput(string name, int rows) => new()
        {
            Name = name,
            Datatype = _text is null || _values.Count > 0 ? "FP32" : "BYTES",
            Shape = _isUneven || _cells != rows ? [] : _width == 0 ? [rows] : [rows, _width],
            Floats = _values,
            FirstText = _text,
        };
    }
}
