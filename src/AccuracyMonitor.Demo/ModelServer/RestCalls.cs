using System.Text.Json.Serialization;

namespace AccuracyMonitor.Demo.ModelServer;

/// <summary>What is read of a REST v2 call; its data may be flat only.</summary>
internal sealed record InferCall(string? Id, IReadOnlyList<InferInput>? Inputs, IReadOnlyList<InferWanted>? Outputs);

internal sealed record InferInput(string Name, long[] Shape, string Datatype, float[] Data);

internal sealed record InferWanted(string Name);

internal sealed record InferAnswer(
    [property: JsonPropertyName("model_name")] string Model,
    [property: JsonPropertyName("model_version")] string Version,
    string? Id,
    IReadOnlyList<InferOutput> Outputs);

internal sealed record InferOutput(string Name, string Datatype, long[] Shape, float[] Data);

internal sealed record ModelAnswer(string Name, string[] Versions, string Platform, IReadOnlyList<TensorInfo> Inputs, IReadOnlyList<TensorInfo> Outputs);

internal sealed record ErrorAnswer(string Error);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(InferCall))]
[JsonSerializable(typeof(InferAnswer))]
[JsonSerializable(typeof(ModelAnswer))]
[JsonSerializable(typeof(ErrorAnswer))]
internal sealed partial class RestJson : JsonSerializerContext;
