using System.Globalization;
using System.Text.Json;

namespace AccuracyMonitor.Evaluation.Traces;

/// <summary>Reads a JSON Lines log line by line. What a line means is the caller's; here it is only well-formed.</summary>
internal static class JsonLinesLog
{
    /// <summary>Lazily, one line in memory at a time. Empty lines are passed over; properties that are not known too.</summary>
    /// <exception cref="TraceFileException">A line that is not a JSON object, or a property of another type, named with its line.</exception>
    public static IEnumerable<LogLine> Read(string path)
    {
        using var text = new StreamReader(path);
        var number = 0L;
        while (text.ReadLine() is { } line)
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
            {
                yield return Parse(path, line, number);
            }
        }
    }

    private static LogLine Parse(string path, string line, long number)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw Defect(path, number, $"is {json.RootElement.ValueKind}; expected an object");
            }

            var row = new Properties(path, json.RootElement, number);
            var parsed = new LogLine
            {
                Number = number,
                Id = row.Text("id"),
                Time = row.Time("time"),
                Condition = row.Text(TraceColumns.Condition),
                Model = row.Text("model"),
                Version = row.Text("version"),
                Segment = row.Text("segment"),
                Probabilities = row.Numbers("probabilities"),
                Label = row.WholeNumber(TraceColumns.Label),
            };
            return parsed switch
            {
                { Probabilities: null, Label: null } => throw Defect(path, number, "has neither 'probabilities' nor 'label'"),
                { Probabilities: null, Id: null } => throw Defect(path, number, "has a 'label' without probabilities and without an 'id'"),
                _ => parsed,
            };
        }
        catch (JsonException e)
        {
            throw new TraceFileException($"{path}: line {number}: is not JSON (cut off?): {e.Message}", e);
        }
    }

    private static TraceFileException Defect(string path, long number, string text) => new($"{path}: line {number}: {text}.");

    private readonly struct Properties(string path, JsonElement row, long number)
    {
        public string? Text(string name) => Get(name) switch
        {
            null => null,
            { ValueKind: JsonValueKind.String } value => value.GetString(),
            { } value => throw Wrong(name, value, "a string"),
        };

        /// <summary>Without an offset: UTC, so that a log means the same wherever it is read.</summary>
        public DateTimeOffset? Time(string name)
        {
            const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
            return Text(name) is not { } text ? null
                : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Utc, out var time) ? time
                : throw Defect(path, number, $"'{name}' is '{text}'; expected ISO 8601, as 2026-01-01T00:00:00Z");
        }

        public long? WholeNumber(string name) =>
            Get(name) is not { } value ? null
            : value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var whole) ? whole
            : throw Wrong(name, value, "a class index");

        public float[]? Numbers(string name)
        {
            if (Get(name) is not { } value)
            {
                return null;
            }

            if (value.ValueKind != JsonValueKind.Array)
            {
                throw Wrong(name, value, "an array of numbers");
            }

            var numbers = new float[value.GetArrayLength()];
            var i = 0;
            foreach (var element in value.EnumerateArray())
            {
                numbers[i] = element.ValueKind == JsonValueKind.Number ? element.GetSingle() : throw Wrong($"{name}[{i}]", element, "a number");
                i++;
            }

            return numbers;
        }

        private JsonElement? Get(string name) =>
            row.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

        private TraceFileException Wrong(string name, JsonElement value, string expected)
        {
            var text = value.GetRawText();
            return Defect(path, number, $"'{name}' is {(text.Length <= 40 ? text : text[..40] + "…")}; expected {expected}");
        }
    }
}
