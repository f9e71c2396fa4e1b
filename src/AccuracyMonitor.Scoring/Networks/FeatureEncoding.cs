using System.Numerics.Tensors;

namespace AccuracyMonitor.Scoring.Networks;

/// <summary>
/// The features a monitor network reads, computed here for training; <see cref="MonitorGraph"/> computes the same inside the ONNX file, and a
/// test holds the two together.
/// </summary>
public static class FeatureEncoding
{
    /// <summary>Largest values that <see cref="MonitorEncoding.SortedLog"/> keeps.</summary>
    public const int Top = 10;

    /// <summary>Smallest probability that a logarithm is taken of: float32 softmax underflows to 0.</summary>
    public const float Floor = 1e-10f;

    /// <inheritdoc cref="ConfidenceLogit"/>
    public const float ConfidenceEdge = 1e-7f;

    internal const int SortedWidth = Top + 2;

    /// <summary>Number of features.</summary>
    public static int Width(MonitorEncoding encoding, int classes) => encoding switch
    {
        MonitorEncoding.RawSoftmax => classes,
        MonitorEncoding.SortedLog => SortedWidth,
        MonitorEncoding.SortedLogWithClass => SortedWidth + (2 * classes),
        _ => throw new ArgumentOutOfRangeException(nameof(encoding), encoding, "Unknown encoding."),
    };

    /// <param name="encoding">Which.</param>
    /// <param name="probabilities">One softmax vector, length K.</param>
    /// <param name="features">Length <see cref="Width"/>.</param>
    public static void Encode(MonitorEncoding encoding, ReadOnlySpan<float> probabilities, Span<float> features)
    {
        if (encoding == MonitorEncoding.RawSoftmax)
        {
            probabilities.CopyTo(features);
            return;
        }

        EncodeSorted(probabilities, features[..SortedWidth]);
        if (encoding == MonitorEncoding.SortedLogWithClass)
        {
            EncodeClass(probabilities, features[SortedWidth..]);
        }
    }

    /// <summary>argmax; of equal values the first.</summary>
    public static int PredictedClass(ReadOnlySpan<float> probabilities)
    {
        var best = 0;
        for (var k = 1; k < probabilities.Length; k++)
        {
            best = probabilities[k] > probabilities[best] ? k : best;
        }

        return best;
    }

    /// <summary>Logit of the largest probability, kept inside [<see cref="ConfidenceEdge"/>, 1 − <see cref="ConfidenceEdge"/>]: what the network
    /// corrects.</summary>
    public static float ConfidenceLogit(ReadOnlySpan<float> probabilities) => ConfidenceLogit(TensorPrimitives.Max(probabilities));

    /// <summary>The features of <see cref="MonitorEncoding.SortedLog"/>, as <see cref="Encode"/> gives them for the whole vector.</summary>
    /// <param name="largest">Its <see cref="Top"/> largest values in falling order; where it is shorter, zeros follow.</param>
    /// <param name="features">Length 12.</param>
    internal static void EncodeLargest(ReadOnlySpan<float> largest, Span<float> features)
    {
        var logs = features[..Top];
        Logarithm(largest, logs);

        // Entropy with the values beyond the ten as one: a logarithm of each of a thousand classes would cost more than the network.
        var rest = MathF.Max(1 - TensorPrimitives.Sum(largest), Floor);
        features[Top] = largest[0] - largest[1];
        features[Top + 1] = -TensorPrimitives.Dot(largest, logs) - (rest * MathF.Log(rest));
    }

    /// <inheritdoc cref="ConfidenceLogit(ReadOnlySpan{float})"/>
    internal static float ConfidenceLogit(float largest)
    {
        var confidence = Math.Clamp(largest, ConfidenceEdge, 1 - ConfidenceEdge);
        return MathF.Log(confidence) - MathF.Log(1 - confidence);
    }

    /// <summary>Logarithms of values kept above <see cref="Floor"/>.</summary>
    internal static void Logarithm(ReadOnlySpan<float> values, Span<float> logs)
    {
        TensorPrimitives.Max(values, Floor, logs);
        TensorPrimitives.Log(logs, logs);
    }

    private static void EncodeSorted(ReadOnlySpan<float> probabilities, Span<float> features)
    {
        Span<float> largest = stackalloc float[Top];
        LargestValues.Select(probabilities, largest);
        EncodeLargest(largest, features);
    }

    private static void EncodeClass(ReadOnlySpan<float> probabilities, Span<float> features)
    {
        Logarithm(probabilities, features[..probabilities.Length]);
        var predicted = features[probabilities.Length..];
        predicted.Clear();
        predicted[PredictedClass(probabilities)] = 1;
    }
}
