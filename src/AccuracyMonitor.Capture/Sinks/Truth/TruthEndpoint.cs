using System.Text.Json;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Hosting.Access;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Capture.Sinks.Truth;

/// <summary>
/// Takes truths as CloudEvents, in binary, structured and batch mode, and answers 200 only when all of them are stored. A POST that is sent again changes
/// nothing.
/// </summary>
internal sealed class TruthEndpoint(SinkQueue queue, ITruthFeed feed, IOptions<SinkOptions> options, ICaptureMetrics metrics)
{
    public const string Path = "/truth";

    /// <summary>What a truth takes of memory while it is read and stored, about, and what it has of the body at least.</summary>
    private const int BytesOfTruth = 1024;
    private const int LeastBodyOfTruth = 16;

    /// <summary>Refused truths that the answer names.</summary>
    private const int MaxReasons = 100;

    private readonly Lock _gate = new();
    private readonly RecentEvents _stored = new(options.Value.RememberedEvents);

    /// <summary>By its path, or by its type where that is in a header. A structured event shows its type only when it is read.</summary>
    public static bool IsMeant(HttpContext context) => context.Request.Path.Equals(Path, StringComparison.Ordinal)
        || context.Request.Headers[EventAttributes.HeaderPrefix + "type"] is [TruthReader.EventType, ..];

    public async Task ReceiveAsync(HttpContext context)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.Headers.Allow = HttpMethods.Post;
            await AnswerAsync(context, StatusCodes.Status405MethodNotAllowed, $"Truths are sent with POST, not {context.Request.Method}.");
            return;
        }

        if (await ReadAsync(context) is not { } body)
        {
            return;
        }

        try
        {
            var most = Math.Min(TruthReader.MaxTruths, body.Memory.Length / LeastBodyOfTruth);
            if (body.TryHoldMore((long)most * BytesOfTruth))
            {
                await TakeAsync(context, body.Memory);
            }
            else
            {
                await AnswerAsync(context, StatusCodes.Status503ServiceUnavailable, "The sink holds as many bytes as it may (Sink:MaxQueuedBytes).");
            }
        }
        finally
        {
            body.Release();
        }
    }

    /// <returns>Null if it can't be read, and that was answered.</returns>
    private async Task<PooledBody?> ReadAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        var most = options.Value.MaxEventBytes;
        var (outcome, body) = await BodyReader.ReadAsync(
            context.Request.Body, context.Request.ContentLength, most, new PeerBytes(queue.Budget, context.Connection.PeerName()), context.RequestAborted);
        switch (outcome)
        {
            case BodyOutcome.TooLarge:
                await AnswerAsync(context, StatusCodes.Status413PayloadTooLarge, $"The body has more than {most} bytes (Sink:MaxEventBytes).");
                break;
            case BodyOutcome.NoRoom:
                await AnswerAsync(context, StatusCodes.Status503ServiceUnavailable, "The sink holds as many bytes as it may (Sink:MaxQueuedBytes).");
                break;
        }

        return body;
    }

    private async Task TakeAsync(HttpContext context, ReadOnlyMemory<byte> body)
    {
        var reader = new TruthReader(Caller.Of(context), IsStored);
        var attributes = EventAttributes.Of(context.Request.Headers);
        if (attributes.IsEvent)
        {
            reader.Add(attributes, body);
        }
        else if (!ReceivedEvents.IsStructured(context.Request))
        {
            await AnswerAsync(
                context, StatusCodes.Status415UnsupportedMediaType,
                "The POST is no CloudEvent: it needs the headers ce-id, ce-type and ce-source, or the content type application/cloudevents+json.");
            return;
        }
        else if (JsonEvents.CloudEvents.Read(body, reader.Add) is > 0 and var unreadable)
        {
            metrics.SinkEvents("unreadable", unreadable);
            reader.AddProblem(
                $"{unreadable} events can't be read as CloudEvents: each is a JSON object with the texts id, type and source, and with data.", unreadable);
        }

        if (reader.IsTooLarge)
        {
            await AnswerAsync(
                context, StatusCodes.Status413PayloadTooLarge,
                $"There are more than {TruthReader.MaxTruths} events or truths in one POST. Nothing of it was stored: send fewer at a time.");
            return;
        }

        var answer = await feed.ApplyAsync(context, reader.Truths);
        Remember(reader.Events, answer.Outcomes);
        Count(reader, answer);
        await AnswerAsync(context, StatusOf(reader, answer), answer.Error, json => Write(json, reader, answer));
    }

    private static int StatusOf(TruthReader reader, TruthAnswer answer)
    {
        if (answer.Error.Length > 0)
        {
            return answer.Status;
        }

        // A sender tries again after 404: the prediction may come yet. What is wrong stays wrong.
        var lost = answer.Outcomes.Where(static o => !o.IsStored).ToArray();
        return reader.Invalid > 0 || lost.Any(static o => o.Code != "not_found") ? StatusCodes.Status422UnprocessableEntity
            : lost.Length > 0 ? StatusCodes.Status404NotFound : StatusCodes.Status200OK;
    }

    private void Count(TruthReader reader, TruthAnswer answer)
    {
        metrics.SinkEvents("truth", reader.Events.Count);
        metrics.SinkEvents("duplicate", reader.Duplicates);
        metrics.SinkTruths("invalid", reader.Invalid);
        metrics.SinkTruths("refused", reader.Truths.Count - answer.Outcomes.Count);
        foreach (var (code, count) in answer.Outcomes.CountBy(static o => o.Code))
        {
            metrics.SinkTruths(code, count);
        }
    }

    /// <summary>An event that comes again must not undo what corrected it. One that was not stored whole is read again.</summary>
    private void Remember(IReadOnlyList<ReadEvent> events, IReadOnlyList<TruthOutcome> outcomes)
    {
        lock (_gate)
        {
            foreach (var one in events.Where(e => !e.HasProblems && e.First + e.Count <= outcomes.Count))
            {
                if (outcomes.Skip(one.First).Take(one.Count).All(static o => o.IsStored))
                {
                    _stored.TryAdd(one.Identity);
                }
            }
        }
    }

    private bool IsStored(ulong identity)
    {
        lock (_gate)
        {
            return _stored.Contains(identity);
        }
    }

    private static void Write(Utf8JsonWriter json, TruthReader reader, TruthAnswer answer)
    {
        json.WriteNumber("stored", answer.Outcomes.Count(static o => o.IsStored));
        json.WriteNumber("duplicate_events", reader.Duplicates);
        json.WriteStartObject("outcomes");
        foreach (var (code, count) in answer.Outcomes.CountBy(static o => o.Code))
        {
            json.WriteNumber(code, count);
        }

        if (reader.Invalid > 0)
        {
            json.WriteNumber("unreadable", reader.Invalid);
        }

        json.WriteEndObject();
        json.WriteStartArray("problems");
        foreach (var problem in reader.Problems.Concat(
            answer.Outcomes.Zip(reader.Truths).Where(static o => o.First.Reason.Length > 0).Take(MaxReasons).Select(
                static o => $"Prediction '{o.Second.PredictionId}': {o.First.Reason}")))
        {
            json.WriteStringValue(problem);
        }

        json.WriteEndArray();
    }

    private static async Task AnswerAsync(HttpContext context, int status, string error, Action<Utf8JsonWriter>? more = null)
    {
        var response = context.Response;
        response.StatusCode = status;
        if (status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
        {
            response.Headers.RetryAfter = "1";
        }

        response.ContentType = "application/json; charset=utf-8";
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            if (error.Length > 0)
            {
                json.WriteString("error", error);
            }

            more?.Invoke(json);
            json.WriteEndObject();
        }

        await response.Body.WriteAsync(stream.GetBuffer().AsMemory(0, (int)stream.Length), context.RequestAborted);
    }
}
