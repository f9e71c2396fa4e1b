using System.Globalization;
using System.Text.Json;
using AccuracyMonitor.Storage.Inputs;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace AccuracyMonitor.Sidecar.Inputs;

/// <summary>
/// Turns a stored input into what a browser can show without running anything: pictures and sound whose bytes are what their type says, text, a PNG of a
/// tensor by the model's rule, or JSON that describes the input.
/// </summary>
internal sealed class InputRendering(IOptions<InputOptions> options)
{
    /// <summary>Values of a tensor that are shown as numbers.</summary>
    private const int MaxNumbers = 1000;

    private static readonly string[] Sounds =
        ["audio/wav", "audio/x-wav", "audio/mpeg", "audio/ogg", "audio/flac", "audio/mp4", "audio/webm", "audio/aac"];

    private readonly RenderingRules _rules = new(options.Value.Rendering);

    public RenderedInput Render(string model, StoredInput input)
    {
        var type = MediaTypeHeaderValue.TryParse(input.ContentType, out var parsed) ? parsed.MediaType.ToString().ToLowerInvariant() : "";
        return type switch
        {
            "image/png" or "image/jpeg" or "image/webp" when ImageSignature.Is(type, input.Content.Span) => new RenderedInput(type, input.Content),
            _ when Sounds.Contains(type, StringComparer.Ordinal) => new RenderedInput(type, input.Content),
            "application/x-npy" when NpyArray.Read(input.Content) is { } array => Tensors(model, [("", array)]),
            "application/x-npz" when NpzArrays.Read(input.Content, options.Value.MaxBytes) is { Count: > 0 } arrays => Tensors(model, arrays),
            "application/json" or "application/xml" or "image/svg+xml" => Text(input),
            _ when type.StartsWith("text/", StringComparison.Ordinal) => Text(input),
            _ => RenderedInput.Json(json =>
            {
                json.WriteString("kind", "unknown");
                json.WriteString("content_type", input.ContentType);
                json.WriteNumber("bytes", input.Content.Length);
            }),
        };
    }

    /// <summary>HTML and SVG too: as the text that they are.</summary>
    private static RenderedInput Text(StoredInput input) => new("text/plain; charset=utf-8", input.Content);

    private RenderedInput Tensors(string model, IReadOnlyList<(string Name, NpyArray Array)> tensors)
    {
        var rule = _rules.Of(model);
        if (rule is { IsPicture: true } && Chosen(tensors, rule) is { } chosen && PictureOfTensor.Png(chosen, rule) is { } png)
        {
            return new RenderedInput("image/png", png);
        }

        var isTable = rule is { IsPicture: false } || (rule is null && tensors.Count > 1 && tensors.All(static t => t.Array.Count == 1));
        return isTable && Rows(tensors, rule) is { } rows ? Table(rows) : Numbers(model, tensors);
    }

    private static NpyArray? Chosen(IReadOnlyList<(string Name, NpyArray Array)> tensors, RenderingRule rule) =>
        rule.Tensor.Length == 0 || tensors is [{ Name: "" }]
            ? tensors[0].Array
            : tensors.FirstOrDefault(t => string.Equals(t.Name, rule.Tensor, StringComparison.Ordinal)).Array;

    /// <returns>Null if the names do not fit the values.</returns>
    private static List<(string Name, double Value)>? Rows(IReadOnlyList<(string Name, NpyArray Array)> tensors, RenderingRule? rule)
    {
        if (rule is { Features.Count: > 0 } && Chosen(tensors, rule) is { } chosen)
        {
            return chosen.Count == rule.Features.Count ? [.. rule.Features.Select((name, i) => (name, chosen[i]))] : null;
        }

        return tensors.All(static t => t.Array.Count == 1) ? [.. tensors.Select(static t => (t.Name, t.Array[0]))] : null;
    }

    private static RenderedInput Table(List<(string Name, double Value)> rows) => RenderedInput.Json(json =>
    {
        json.WriteString("kind", "table");
        json.WriteStartArray("features");
        foreach (var (name, value) in rows)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WritePropertyName("value");
            Number(json, value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static RenderedInput Numbers(string model, IReadOnlyList<(string Name, NpyArray Array)> tensors) => RenderedInput.Json(json =>
    {
        json.WriteString("kind", "numbers");
        json.WriteString("setting", $"{InputOptions.Section}:{nameof(InputOptions.Rendering)}");
        json.WriteString("example", $"{model}=picture,layout=NCHW,mean=0.5,std=0.5");
        json.WriteStartArray("tensors");
        foreach (var (name, array) in tensors)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString("type", array.Type);
            json.WriteStartArray("shape");
            foreach (var size in array.Shape)
            {
                json.WriteNumberValue(size);
            }

            json.WriteEndArray();
            json.WriteStartArray("values");
            for (var i = 0; i < Math.Min(array.Count, MaxNumbers); i++)
            {
                Number(json, array[i]);
            }

            json.WriteEndArray();
            json.WriteBoolean("has_more", array.Count > MaxNumbers);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static void Number(Utf8JsonWriter json, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumberValue(value);
        }
        else
        {
            json.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
        }
    }
}
