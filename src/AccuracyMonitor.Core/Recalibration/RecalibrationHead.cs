namespace AccuracyMonitor.Core.Recalibration;

/// <summary>
/// A logistic head on the monitor network (docs/science/recalibration.md): logit(g) = Scale·m + Shift + Σ_k (w_k + W_ck)·φ_k + offset_c,
/// where m is the monitor's logit, c the predicted class and φ the centred log-softmax vector. It is immutable data beside the ONNX graph,
/// so a new head is put in use by swapping one reference. Do not write to the arrays.
/// </summary>
public sealed record RecalibrationHead
{
    /// <summary>Factor of the monitor's logit.</summary>
    public required double Scale { get; init; }

    /// <summary>Added to every logit.</summary>
    public required double Shift { get; init; }

    /// <summary>w, length K; empty: none.</summary>
    public double[] LogProbabilityWeights { get; init; } = [];

    /// <summary>Offsets by predicted class, length K; empty: none.</summary>
    public double[] ClassOffsets { get; init; } = [];

    /// <summary>W, row-major K×K, a row per predicted class; empty: none.</summary>
    public double[] ClassLogProbabilityWeights { get; init; } = [];

    /// <summary>The head that changes nothing.</summary>
    public static RecalibrationHead Identity { get; } = new() { Scale = 1, Shift = 0 };

    /// <summary>K, or 0: the head uses only the monitor's logit and fits any number of classes.</summary>
    public int ClassCount => Math.Max(
        Math.Max(LogProbabilityWeights.Length, ClassOffsets.Length), (int)Math.Sqrt(ClassLogProbabilityWeights.Length));

    /// <summary>Logit of the correctness score. Allocates nothing.</summary>
    /// <param name="monitorLogit">Logit of the ensemble; clamped to ±30.</param>
    /// <param name="probabilities">Softmax vector, length K.</param>
    /// <param name="predictedClass">argmax, 0…K−1.</param>
    /// <exception cref="ArgumentOutOfRangeException">K differs from that of the head, or the class is outside 0…K−1.</exception>
    public double Logit(double monitorLogit, ReadOnlySpan<float> probabilities, int predictedClass)
    {
        var classes = ClassCount;
        var logit = (Scale * RecalibrationFeatures.Logit(monitorLogit)) + Shift;
        if (classes == 0)
        {
            return logit;
        }

        ArgumentOutOfRangeException.ThrowIfNotEqual(probabilities.Length, classes, nameof(probabilities));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)predictedClass, (uint)classes, nameof(predictedClass));
        if (LogProbabilityWeights.Length > 0)
        {
            logit += RecalibrationFeatures.Dot(LogProbabilityWeights, probabilities);
        }

        if (ClassOffsets.Length > 0)
        {
            logit += ClassOffsets[predictedClass];
        }

        if (ClassLogProbabilityWeights.Length > 0)
        {
            logit += RecalibrationFeatures.Dot(ClassLogProbabilityWeights.AsSpan(predictedClass * classes, classes), probabilities);
        }

        return logit;
    }

    /// <summary>The correctness score σ(<see cref="Logit"/>).</summary>
    /// <inheritdoc cref="Logit"/>
    public double Score(double monitorLogit, ReadOnlySpan<float> probabilities, int predictedClass) =>
        CorrectnessScore.FromLogit(Logit(monitorLogit, probabilities, predictedClass));

    /// <summary>Serialises the head: see <see cref="RecalibrationHeadFormat"/>.</summary>
    public byte[] ToBytes() => RecalibrationHeadFormat.Write(this);

    /// <exception cref="FormatException">The bytes are truncated, damaged, not a head, or of a later format version; the message says
    /// which.</exception>
    public static RecalibrationHead FromBytes(ReadOnlySpan<byte> bytes) => RecalibrationHeadFormat.Read(bytes);
}
