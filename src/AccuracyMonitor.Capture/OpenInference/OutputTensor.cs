namespace AccuracyMonitor.Capture.OpenInference;

/// <summary>One output of an answer, as both wire formats have it; of the values one representation is set.</summary>
internal sealed class OutputTensor
{
    public required string Name { get; init; }

    /// <summary>The protocol's name: FP32, INT64, BYTES …</summary>
    public required string Datatype { get; init; }

    public required IReadOnlyList<long> Shape { get; init; }

    /// <summary>The values are in a shared memory region.</summary>
    public bool InSharedMemory { get; init; }

    /// <summary>Row-major, little-endian, no padding.</summary>
    public ReadOnlyMemory<byte>? Raw { get; init; }

    public IReadOnlyList<float>? Floats { get; init; }

    public IReadOnlyList<double>? Doubles { get; init; }

    /// <summary>First element of a BYTES tensor; null: none, or not text.</summary>
    public string? FirstText { get; init; }

    public bool IsWholeNumbers => Datatype.StartsWith("INT", StringComparison.Ordinal) || Datatype.StartsWith("UINT", StringComparison.Ordinal);

    public bool IsFloatingPoint => Datatype is "FP16" or "BF16" or "FP32" or "FP64";
}

/// <summary>An answer as both wire formats have it.</summary>
internal sealed record InferenceAnswer(string Model, string Version, string Id, IReadOnlyList<OutputTensor> Outputs);
