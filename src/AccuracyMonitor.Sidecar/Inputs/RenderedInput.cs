using System.Text.Json;

namespace AccuracyMonitor.Sidecar.Inputs;

/// <summary>What a browser is shown of an input.</summary>
/// <param name="ContentType">Never one that a browser runs.</param>
internal sealed record RenderedInput(string ContentType, ReadOnlyMemory<byte> Content)
{
    /// <param name="write">Writes one object that describes the input; its member <c>kind</c> says how to show it.</param>
    public static RenderedInput Json(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return new RenderedInput("application/json; charset=utf-8", stream.ToArray());
    }
}
