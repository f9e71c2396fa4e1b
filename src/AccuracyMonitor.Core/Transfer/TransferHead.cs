namespace AccuracyMonitor.Core.Transfer;

/// <summary>
/// A logistic head on the monitor: logit(g) = Scale·m + Shift + Σ_k w_k·log p_k + offset of the predicted class, m the monitor's own logit.
/// Immutable data beside the ONNX graph, so that adopting a head swaps one reference.
/// </summary>
public sealed record TransferHead
{
    public required double Scale { get; init; }

    public required double Shift { get; init; }

    /// <summary>Length K, or 0: not used.</summary>
    public double[] LogProbabilityWeights { get; init; } = [];

    /// <summary>Length K, or 0: not used.</summary>
    public double[] ClassOffsets { get; init; } = [];

    /// <summary>"No change".</summary>
    public static TransferHead Identity(int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        return new TransferHead { Scale = 1, Shift = 0 };
    }

    /// <summary>Logit of the correctness score. Allocates nothing.</summary>
    public double Logit(double monitorLogit, ReadOnlySpan<float> probabilities, int predictedClass)
    {
        _ = probabilities;
        _ = predictedClass;
        return (Scale * monitorLogit) + Shift;
    }

    public byte[] ToBytes() => throw new NotSupportedException();

    /// <exception cref="FormatException">Truncated, foreign or damaged bytes, or a format of a later version.</exception>
    public static TransferHead FromBytes(ReadOnlySpan<byte> bytes) => throw new NotSupportedException($"{bytes.Length}");
}
