using System.Text.Json;
using AccuracyMonitor.Capture.OpenInference;
using AccuracyMonitor.Hosting.Access;

namespace AccuracyMonitor.Capture.Sinks.Truth;

/// <summary>
/// Reads truth events: <c>{"model", "version", "items": [{"id", "class", "time"}]}</c>. An item that is wrong takes no other along; an event whose JSON is
/// broken counts as a whole.
/// </summary>
/// <param name="caller">Who reports them; null: nobody is known.</param>
/// <param name="isKnown">Whether an event, by its identity, has been stored before.</param>
internal sealed class TruthReader(Caller? caller, Func<ulong, bool> isKnown)
{
    public const string EventType = "io.accuracymonitor.truth.v1";

    /// <summary>Most truths, and most events, of one POST.</summary>
    public const int MaxTruths = 10_000;

    private const int MaxSource = 200;
    private const int MaxProblems = 100;
    private const int MaxEventId = 128;

    private readonly List<ReportedTruth> _truths = [];
    private readonly List<string> _problems = [];
    private readonly List<ReadEvent> _events = [];

    public IReadOnlyList<ReportedTruth> Truths => _truths;

    /// <summary>Events of which truths were read.</summary>
    public IReadOnlyList<ReadEvent> Events => _events;

    /// <summary>The first of them.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Items, and events as a whole, that can't be taken.</summary>
    public int Invalid { get; private set; }

    public int Duplicates { get; private set; }

    /// <summary>There are more than <see cref="MaxTruths"/>.</summary>
    public bool IsTooLarge { get; private set; }

    public void Add(EventAttributes attributes, ReadOnlyMemory<byte> data)
    {
        if (IsTooLarge || _events.Count + Duplicates + Invalid >= MaxTruths)
        {
            IsTooLarge = true;
            return;
        }

        var id = attributes.Get("id");
        var source = attributes.Get("source");
        var place = $"Event '{(id.Length > MaxEventId ? id[..MaxEventId] : id)}'";
        var identity = attributes.ToEvent(data, caller).Identity;
        if (attributes.Get("type") is var type && !string.Equals(type, EventType, StringComparison.Ordinal))
        {
            AddProblem($"{place}: type is '{(type.Length > MaxEventId ? type[..MaxEventId] : type)}'; it must be {EventType}.");
        }
        else if (source.Length is 0 or > MaxSource)
        {
            AddProblem($"{place}: source has {source.Length} characters; it must have 1 to {MaxSource}.");
        }
        else if (isKnown(identity))
        {
            Duplicates++;
        }
        else
        {
            var (first, invalid) = (_truths.Count, Invalid);
            Read(place, source, data.Span);
            _events.Add(new ReadEvent(identity, first, _truths.Count - first, Invalid > invalid));
        }
    }

    public void AddProblem(string problem, int count = 1)
    {
        Invalid += count;
        if (_problems.Count < MaxProblems)
        {
            _problems.Add(problem);
        }
    }

    private void Read(string place, string source, ReadOnlySpan<byte> data)
    {
        List<ReportedTruth> items = [];
        var (model, version, problem, hasItems) = ("", "", "", false);
        try
        {
            var reader = new Utf8JsonReader(data);
            reader.Read();
            Json.Expect(ref reader, JsonTokenType.StartObject);
            while (problem.Length == 0 && Json.NextProperty(ref reader, out var name))
            {
                switch (name)
                {
                    case "model": TruthValues.TryText(ref reader, "data.model", TruthValues.MaxName, out model, out problem); break;
                    case "version": TruthValues.TryText(ref reader, "data.version", TruthValues.MaxName, out version, out problem); break;
                    case "items" when reader.TokenType == JsonTokenType.StartArray && !hasItems:
                        hasItems = true;
                        ReadItems(ref reader, place, source, items);
                        break;
                    case "items": problem = $"data.items is {TruthValues.Shown(reader)}; it must be one array."; break;
                    default: reader.Skip(); break;
                }
            }
        }
        catch (JsonException e)
        {
            problem = $"data can't be read as JSON: {e.Message}";
        }

        problem = problem.Length > 0 ? problem
            : model.Length == 0 ? "data.model is missing."
            : version.Length == 0 ? "data.version is missing."
            : hasItems ? "" : "data.items is missing.";
        if (problem.Length > 0)
        {
            AddProblem($"{place}: {problem}", Math.Max(1, items.Count));
            return;
        }

        _truths.AddRange(items.Select(i => i with { Model = model, Version = version }));
    }

    private void ReadItems(ref Utf8JsonReader reader, string place, string source, List<ReportedTruth> items)
    {
        for (var i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
        {
            if (_truths.Count + items.Count + Invalid >= MaxTruths)
            {
                IsTooLarge = true;
                return;
            }

            // A copy reads the item: one that is wrong must not take those behind it along.
            if (TryItem(reader, $"data.items[{i}]", out var item, out var problem))
            {
                items.Add(item with { Source = source });
            }
            else
            {
                AddProblem($"{place}: {problem}");
            }

            reader.Skip();
        }
    }

    private static bool TryItem(Utf8JsonReader reader, string place, out ReportedTruth item, out string problem)
    {
        item = new ReportedTruth { Model = "", Version = "", PredictionId = "", Source = "" };
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            problem = $"{place} is {TruthValues.Shown(reader)}; it must be an object.";
            return false;
        }

        problem = "";
        var hasClass = false;
        try
        {
            while (problem.Length == 0 && Json.NextProperty(ref reader, out var name))
            {
                switch (name)
                {
                    case "id":
                        TruthValues.TryText(ref reader, $"{place}.id", TruthValues.MaxId, out var id, out problem);
                        item = item with { PredictionId = id };
                        break;
                    case "class":
                        hasClass = TruthValues.TryClass(ref reader, $"{place}.class", out var number, out var className, out problem);
                        item = item with { ClassNumber = number, ClassName = className };
                        break;
                    case "time":
                        TruthValues.TryTime(ref reader, $"{place}.time", out var time, out problem);
                        item = item with { Known = time };
                        break;
                    default: reader.Skip(); break;
                }
            }
        }
        catch (JsonException)
        {
            problem = $"{place} has a text that is not UTF-8.";
        }

        problem = problem.Length > 0 ? problem
            : item.PredictionId.Length == 0 ? $"{place}.id is missing."
            : hasClass ? "" : $"{place}.class is missing.";
        return problem.Length == 0;
    }
}

/// <summary>An event and the place of its truths.</summary>
internal readonly record struct ReadEvent(ulong Identity, int First, int Count, bool HasProblems);
