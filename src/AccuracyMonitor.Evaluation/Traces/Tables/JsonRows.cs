using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace AccuracyMonitor.Evaluation.Traces.Tables;

/// <summary>
/// Reads JSON Lines, or an array of objects. A property is a column; the properties of an object within a row are columns <c>outer.inner</c>. Bare NaN and
/// Infinity, which Python writes, are read as such.
/// </summary>
internal sealed class JsonRows(string path, Stream stream) : RowReader(path)
{
    private const int MostNames = 1 << 16;
    private static readonly string[] ClassKeys = ["class", "label", "name", "index"];
    private static readonly string[] ProbabilityKeys = ["p", "prob", "probability", "score", "confidence"];
    private readonly JsonPieces _pieces = new(path, stream);
    private readonly List<string> _names = [];
    private readonly List<Cell> _cells = [];
    private readonly Dictionary<string, int> _columns = new(StringComparer.Ordinal);

    public override IReadOnlyList<string> Names => _names;

    public override string Unit => "line";

    public override bool IsLog => true;

    public override long Number => _pieces.Line;

    public override Cell this[int column] => _cells[column];

    public override bool Read()
    {
        if (!_pieces.Read())
        {
            return false;
        }

        for (var i = 0; i < _cells.Count; i++)
        {
            _cells[i] = default;
        }

        if (!Utf8.IsValid(_pieces.Piece.Span))
        {
            throw Defect("not UTF-8");
        }

        using var json = Parse();
        if (json.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw Defect($"is {json.RootElement.ValueKind}; expected an object");
        }

        Fill("", json.RootElement);
        return true;
    }

    protected override void Dispose(bool disposing) => _pieces.Dispose();

    private JsonDocument Parse()
    {
        try
        {
            return JsonDocument.Parse(_pieces.Piece);
        }
        catch (JsonException first)
        {
            try
            {
                return JsonDocument.Parse(JsonNaN.Quoted(_pieces.Piece.Span));
            }
            catch (JsonException)
            {
                throw Defect($"is not JSON (cut off?): {first.Message.TrimEnd('.')}");
            }
        }
    }

    private void Fill(string prefix, JsonElement row)
    {
        foreach (var property in row.EnumerateObject())
        {
            var name = prefix + NameOf(property);
            if (property.Value.ValueKind == JsonValueKind.Object && prefix.Length == 0)
            {
                Fill(name + ".", property.Value);
                continue;
            }

            if (!_columns.TryGetValue(name, out var column))
            {
                if (_names.Count >= MostNames)
                {
                    throw new TraceFileException($"{Path}: line {Number}: more than {MostNames} different properties; expected rows that have the same ones.");
                }

                column = _names.Count;
                _columns.Add(name, column);
                _names.Add(name);
                _cells.Add(default);
            }

            _cells[column] = Of(name, property.Value);
        }
    }

    private string NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            throw Defect("the name of a property holds half of a surrogate pair");
        }
    }

    private Cell Of(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => default,
        JsonValueKind.Number => NumberOf(value),
        JsonValueKind.String => JsonNaN.TryRead(value, out var number) ? Cell.Of(number) : Cell.OfText(TextOf(value)),
        JsonValueKind.True or JsonValueKind.False => Cell.Of(value.GetBoolean()),
        JsonValueKind.Array => ArrayOf(name, value),
        _ => Cell.Unread(value.GetRawText()),
    };

    private static Cell NumberOf(JsonElement value)
    {
        var number = value.GetDouble();
        return Math.Abs(number) < 1L << 53 ? Cell.Of(number) : Cell.Of(number, value.GetRawText());
    }

    /// <summary>Half of a surrogate pair, which Python writes for a file name that is not UTF-8, stays escaped: two such names are still two.</summary>
    private static string TextOf(JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return value.GetRawText()[1..^1];
        }
    }

    private Cell ArrayOf(string name, JsonElement value)
    {
        var count = value.GetArrayLength();
        if (count > 0 && value[0].ValueKind == JsonValueKind.Object)
        {
            return Cell.Of([.. value.EnumerateArray().Select(e => ItemOf(name, e))]);
        }

        var numbers = new float[count];
        var i = 0;
        foreach (var element in value.EnumerateArray())
        {
            if (element.ValueKind == JsonValueKind.Number)
            {
                numbers[i] = element.GetSingle();
            }
            else if (element.ValueKind == JsonValueKind.String && JsonNaN.TryRead(element, out var number))
            {
                numbers[i] = (float)number;
            }
            else
            {
                return Cell.Unread(string.Create(CultureInfo.InvariantCulture, $"an array whose element {i} is {element.GetRawText()}"));
            }

            i++;
        }

        return Cell.Of(numbers);
    }

    private TopItem ItemOf(string name, JsonElement item)
    {
        if (item.ValueKind == JsonValueKind.Object)
        {
            var (label, probability) = (default(Cell), default(Cell));
            foreach (var property in item.EnumerateObject())
            {
                var key = NameOf(property);
                label = ClassKeys.Contains(key, StringComparer.Ordinal) ? Of(key, property.Value) : label;
                probability = ProbabilityKeys.Contains(key, StringComparer.Ordinal) ? Of(key, property.Value) : probability;
            }

            if (!label.IsEmpty && probability.TryFloat(out var p))
            {
                return new TopItem(label, p);
            }
        }

        throw Defect($"'{name}' holds {item.GetRawText()}; expected objects as {{\"class\": 1, \"p\": 0.9}}");
    }
}
