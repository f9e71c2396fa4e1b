using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using AccuracyMonitor.Hosting.Access;

namespace AccuracyMonitor.Capture.Sinks;

/// <summary>
/// The attributes of a CloudEvent that matter here, under their CloudEvents names. By hand and not with the CloudEvents SDK: that one refuses
/// MLServer's version 0.3, throws for each bad event, and makes a document of a structured one, which at a thousand classes is most of the work.
/// </summary>
internal sealed class EventAttributes
{
    public const string HeaderPrefix = "ce-";

    public static readonly string[] Names =
        ["id", "type", "source", "time", "requestid", "namespace", "inferenceservicename", "component", "endpoint", "modelid"];

    /// <summary>Random, so that nobody can compute an event that has the hash of another.</summary>
    private static readonly ulong Seed = (ulong)BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));

    private const string ModelMeshType = "modelmesh.inference.";

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <summary>CloudEvents need an id and a type.</summary>
    public bool IsEvent => Get("id").Length > 0 && Get("type").Length > 0;

    /// <summary>Of the text.</summary>
    public long Bytes => _values.Values.Sum(v => sizeof(char) * (long)v.Length);

    /// <summary>Of the binary mode: an attribute a header, percent-encoded where it is not ASCII.</summary>
    public static EventAttributes Of(IHeaderDictionary headers)
    {
        var attributes = new EventAttributes();
        foreach (var name in Names)
        {
            if (headers[HeaderPrefix + name] is [{ } value, ..])
            {
                attributes.Set(name, value.Contains('%', StringComparison.Ordinal) ? Uri.UnescapeDataString(value) : value);
            }
        }

        return attributes;
    }

    public void Set(string name, string value) => _values[name] = value;

    /// <summary>Empty: it is not there.</summary>
    public string Get(string name) => _values.GetValueOrDefault(name, "");

    /// <param name="data">What happened.</param>
    /// <param name="caller">Who reports it; null: nobody is known.</param>
    public InferenceEvent ToEvent(ReadOnlyMemory<byte> data, Caller? caller)
    {
        var type = Get("type");
        return new InferenceEvent
        {
            Kind = KindOf(type),
            Identity = Identity(type, caller?.Owner ?? ""),
            Call = First("requestid", "id"),
            Caller = caller,
            Component = Get("component"),
            Model = First("vmodelid", "modelid", "inferenceservicename"),
            Time = DateTimeOffset.TryParse(Get("time"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null,
            Failed = Get("status") is not ("" or "OK"),
            Data = data,
        };
    }

    /// <summary>ModelMesh's kind, request or response, as a type.</summary>
    public void SetKind(string kind) => Set("type", ModelMeshType + kind.ToLowerInvariant());

    private static EventKind KindOf(string type)
    {
        if (type.EndsWith("inference.response", StringComparison.Ordinal))
        {
            return EventKind.Response;
        }

        return type.EndsWith("inference.request", StringComparison.Ordinal) ? EventKind.Request : EventKind.Other;
    }

    /// <summary>
    /// With service and component: KServe's agents all give the same source, http://localhost:9081/, and a transformer may pass its Ce-Id on to the
    /// predictor. With the caller: nobody can have another's event taken for a redelivery.
    /// </summary>
    private ulong Identity(string type, string owner)
    {
        var hash = Hash(type, Hash(owner, Seed));
        foreach (var name in (string[])["source", "namespace", "inferenceservicename", "component", "endpoint", "id"])
        {
            hash = Hash(Get(name), hash);
        }

        return hash;
    }

    private static ulong Hash(string text, ulong seed) => XxHash64.HashToUInt64(MemoryMarshal.AsBytes(text.AsSpan()), unchecked((long)seed));

    private string First(params string[] names)
    {
        foreach (var name in names)
        {
            if (Get(name) is { Length: > 0 } value)
            {
                return value;
            }
        }

        return "";
    }
}
