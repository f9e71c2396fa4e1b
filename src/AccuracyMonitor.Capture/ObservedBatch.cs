using AccuracyMonitor.Hosting.Access;

namespace AccuracyMonitor.Capture;

/// <summary>Predictions of one model version, read out of one answer.</summary>
public sealed record ObservedBatch
{
    public required string Model { get; init; }

    public required string Version { get; init; }

    /// <summary>K, at least 2.</summary>
    public required int Classes { get; init; }

    public required ValueForm Form { get; init; }

    /// <summary>N·K float32, little-endian, row-major.</summary>
    public required ReadOnlyMemory<byte> Values { get; init; }

    /// <summary>One for each of the N rows.</summary>
    public required IReadOnlyList<string> Ids { get; init; }

    /// <summary>Who reported them; null: nobody, it was seen by the tap.</summary>
    public Caller? Caller { get; init; }

    /// <summary>When the predictions were made.</summary>
    public required DateTimeOffset Time { get; init; }
}

/// <summary>What the values of a row are.</summary>
public enum ValueForm
{
    /// <summary>Each row is non-negative and sums to 1.</summary>
    Probabilities,

    /// <summary>Each row is the input of a softmax.</summary>
    Logits,
}
