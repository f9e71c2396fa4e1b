using System.Buffers;
using System.Text.Json;
using AccuracyMonitor.Client.OnnxRuntime;
using AccuracyMonitor.Demo.Data;

namespace AccuracyMonitor.Demo.Serving;

/// <summary>
/// POST /predict: what any serving application does, and the ids more: the classifier's session hands each softmax vector to the
/// monitor's client, which never blocks and never throws.
/// </summary>
internal sealed class PredictEndpoint(Classifier classifier, WantedInputs wanted, TimeProvider time)
{
    private long _served;

    /// <summary>Images answered since the start.</summary>
    public long Served => Volatile.Read(ref _served);

    public async Task HandleAsync(HttpContext context)
    {
        PredictRequest request;
        try
        {
            request = await ReadAsync(context);
        }
        catch (PredictRequestException e)
        {
            await Results.Problem(e.Message, title: $"Invalid {e.Field}", statusCode: StatusCodes.Status400BadRequest).ExecuteAsync(context);
            return;
        }

        // Held first: the monitor may want an input as soon as its prediction is made.
        for (var i = 0; i < request.Count; i++)
        {
            wanted.Hold(request.Ids[i], request.Images[i]);
        }

        var at = time.GetUtcNow();
        var probabilities = classifier.Predict(request.Pixels, new Observation(request.Ids) { Time = at });
        Interlocked.Add(ref _served, request.Count);
        context.Response.ContentType = "application/json";
        Write(context.Response.BodyWriter, request, probabilities, at);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    private static async Task<PredictRequest> ReadAsync(HttpContext context)
    {
        var body = context.Request.BodyReader;
        while (true)
        {
            var read = await body.ReadAsync(context.RequestAborted);
            if (!read.IsCompleted)
            {
                body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }

            try
            {
                return PredictRequestReader.Read(read.Buffer, static () => Guid.NewGuid().ToString("N"));
            }
            finally
            {
                body.AdvanceTo(read.Buffer.End);
            }
        }
    }

    private static void Write(IBufferWriter<byte> output, PredictRequest request, float[] probabilities, DateTimeOffset at)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteNumber("time_unix_us"u8, (at - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
        json.WriteStartArray("predictions"u8);
        for (var i = 0; i < request.Count; i++)
        {
            var row = probabilities.AsSpan(i * Classifier.ClassCount, Classifier.ClassCount);
            var predicted = System.Numerics.Tensors.TensorPrimitives.IndexOfMax((ReadOnlySpan<float>)row);
            json.WriteStartObject();
            json.WriteString("id"u8, request.Ids[i]);
            json.WriteNumber("class"u8, predicted);
            json.WriteString("name"u8, FashionMnist.ClassNames[predicted]);
            json.WriteNumber("confidence"u8, row[predicted]);
            if (request.WithProbabilities)
            {
                json.WriteStartArray("probabilities"u8);
                foreach (var p in row)
                {
                    json.WriteNumberValue(p);
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
