using System.Text.Json;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Sidecar.Pages;

/// <summary>Leased requests as an annotator may see them: without the model's answer, its softmax output and what was computed from it.</summary>
internal static class BlindItemMapping
{
    /// <param name="response">Response to the lease.</param>
    /// <param name="now">The time by which leases end.</param>
    /// <param name="reveal">Show the model's answer; the label must then say so.</param>
    public static string Write(LeaseResponse response, DateTimeOffset now, bool reveal) => PageAnswers.Write(json =>
    {
        json.WriteStartArray("items");
        foreach (var item in response.Items)
        {
            Write(json, item, now, reveal);
        }

        json.WriteEndArray();
    });

    private static void Write(Utf8JsonWriter json, LabelItem item, DateTimeOffset now, bool reveal)
    {
        json.WriteStartObject();
        json.WriteString("predictionId", item.PredictionId);
        json.WriteString("model", item.Model);
        json.WriteString("version", item.Version);
        json.WriteString("segment", item.Segment);
        json.WriteString("predictionTime", item.PredictionTime.ToDateTimeOffset());
        json.WriteNumber("classCount", item.Probabilities.Length / sizeof(float));
        json.WriteString("leaseId", item.LeaseId);
        json.WriteString("inputReference", item.InputReference);
        json.WriteBoolean("hasInput", item.Input is not null);

        // A duration, as the clock of the browser may be wrong.
        json.WriteNumber("leaseSeconds", Math.Max(0, (item.LeaseExpires.ToDateTimeOffset() - now).TotalSeconds));
        json.WriteBoolean("revealed", reveal);
        if (reveal)
        {
            json.WriteNumber("predictedClass", item.PredictedClass);
            json.WriteNumber("confidence", BitConverter.ToSingle(item.Probabilities.Span[(int)(item.PredictedClass * sizeof(float))..]));
        }

        json.WriteEndObject();
    }
}
