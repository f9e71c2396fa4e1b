using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AccuracyMonitor.Runs.Demo;

/// <summary>POST /predict of the serving application, as its users call it.</summary>
internal sealed class PredictCall(HttpClient http) : IDisposable
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    /// <param name="images">n images of 784 bytes.</param>
    /// <param name="ids">n ids.</param>
    /// <param name="withProbabilities">Ask for the softmax vectors too.</param>
    /// <exception cref="HttpRequestException">The application did not answer, or refused.</exception>
    public async Task<PredictAnswer> PredictAsync(
        IReadOnlyList<byte[]> images, IReadOnlyList<string> ids, bool withProbabilities, CancellationToken cancel)
    {
        using var content = new ByteArrayContent(Body(images, ids, withProbabilities));
        content.Headers.ContentType = Json;
        using var response = await http.PostAsync(new Uri("predict", UriKind.Relative), content, cancel);
        if (!response.IsSuccessStatusCode)
        {
            throw new HttpRequestException($"{(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(cancel)}");
        }

        await using var stream = await response.Content.ReadAsStreamAsync(cancel);
        return await JsonSerializer.DeserializeAsync(stream, PredictJson.Default.PredictAnswer, cancel)
            ?? throw new HttpRequestException("The serving application answered nothing.");
    }

    public void Dispose() => http.Dispose();

    private static byte[] Body(IReadOnlyList<byte[]> images, IReadOnlyList<string> ids, bool withProbabilities)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteBoolean("probabilities"u8, withProbabilities);
            json.WriteStartArray("ids"u8);
            foreach (var id in ids)
            {
                json.WriteStringValue(id);
            }

            json.WriteEndArray();
            json.WriteStartArray("instances"u8);
            foreach (var image in images)
            {
                json.WriteBase64StringValue(image);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }
}

internal sealed record PredictAnswer(long TimeUnixUs, IReadOnlyList<PredictedImage> Predictions)
{
    [JsonIgnore]
    public DateTimeOffset Time => DateTimeOffset.UnixEpoch.AddMicroseconds(TimeUnixUs);
}

internal sealed record PredictedImage(string Id, int Class, float Confidence, IReadOnlyList<float>? Probabilities);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(PredictAnswer))]
internal sealed partial class PredictJson : JsonSerializerContext;
