using AccuracyMonitor.Hosting.Access;

namespace AccuracyMonitor.Capture.Sinks;

/// <summary>What one POST brought, not yet read.</summary>
/// <param name="Attributes">Of the binary mode, where the whole body is the data; null: the events are in the body.</param>
/// <param name="Format">How to read events that are in the body; null: in no way that is known.</param>
/// <param name="Body">Held until the events are done.</param>
/// <param name="At">When it came.</param>
/// <param name="Tee">How it is passed on, unless all of it came before; null: not at all.</param>
internal sealed record ReceivedEvents(EventAttributes? Attributes, JsonEvents? Format, PooledBody Body, DateTimeOffset At, TeedPost? Tee)
{
    /// <summary>Who reported the events; null: nobody, it was seen by the tap.</summary>
    public Caller? Caller { get; init; }

    /// <summary>What is kept besides the body.</summary>
    public long HeaderBytes => (Attributes?.Bytes ?? 0) + (Tee?.Bytes ?? 0);

    /// <summary>
    /// Attributes in headers count before the content-type: KServe's logger copies that one from the request, which may have been an event
    /// itself.
    /// </summary>
    public static ReceivedEvents Of(HttpRequest request, PooledBody body, DateTimeOffset at, TeedPost? tee)
    {
        var attributes = EventAttributes.Of(request.Headers);
        return attributes.IsEvent ? new ReceivedEvents(attributes, null, body, at, tee) : new ReceivedEvents(null, FormatOf(request), body, at, tee);
    }

    /// <param name="events">Gets what can be read.</param>
    /// <returns>How many can't be.</returns>
    public int Read(List<InferenceEvent> events)
    {
        if (Attributes is null)
        {
            return Format?.Read(Body.Memory, (attributes, data) => events.Add(attributes.ToEvent(data, Caller))) ?? 1;
        }

        events.Add(Attributes.ToEvent(Body.Memory, Caller));
        return 0;
    }

    /// <summary>A CloudEvent in structured mode, or a batch of them: application/cloudevents-batch+json.</summary>
    public static bool IsStructured(HttpRequest request) =>
        request.ContentType?.StartsWith("application/cloudevents", StringComparison.OrdinalIgnoreCase) == true;

    private static JsonEvents? FormatOf(HttpRequest request)
    {
        if (request.Path.StartsWithSegments(SinkEndpoint.ModelMeshPath, StringComparison.Ordinal))
        {
            return JsonEvents.ModelMesh;
        }

        if (request.Path.StartsWithSegments(SinkEndpoint.MarshalPath, StringComparison.Ordinal))
        {
            return JsonEvents.LogRequests;
        }

        return IsStructured(request) ? JsonEvents.CloudEvents : null;
    }
}
