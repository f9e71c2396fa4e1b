using System.Numerics.Tensors;

namespace AccuracyMonitor.Scoring.Networks;

/// <summary>
/// Computes the input features of a monitor network for training. <see cref="MonitorGraph"/> computes the same in the ONNX file; a test
/// compares the two.
/// </summary>
public static class FeatureEncoding
{
    /// <summary>Number of largest values in <see cref="MonitorEncoding.SortedLog"/>.</summary>
    public const int Top = 10;

    /// <summary>Lower bound of a probability before taking its logarithm, because a float32 softmax underflows to 0.</summary>
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

    /// <summary>argmax; the first of equal values.</summary>
    public static int PredictedClass(ReadOnlySpan<float> probabilities)
    {
        var best = 0;
        for (var k = 1; k < probabilities.Length; k++)
        {
            best = probabilities[k] > probabilities[best] ? k : best;
        }

        return best;
    }

    /// <summary>Logit of the largest probability, clamped to [<see cref="ConfidenceEdge"/>, 1 − <see cref="ConfidenceEdge"/>]. The
    /// network's output is added to it.</summary>
    public static float ConfidenceLogit(ReadOnlySpan<float> probabilities) => ConfidenceLogit(TensorPrimitives.Max(probabilities));

    /// <summary>The features of <see cref="MonitorEncoding.SortedLog"/>, equal to those of <see cref="Encode"/> for the whole
    /// vector.</summary>
    /// <param name="largest">The <see cref="Top"/> largest values of the vector in descending order, padded with zeros if the vector is
    /// shorter.</param>
    /// <param name="features">Length 12.</param>
    internal static void EncodeLargest(ReadOnlySpan<float> largest, Span<float> features)
    {
        var logs = features[..Top];
        Logarithm(largest, logs);

        // The remaining values count as one in the entropy: a logarithm for each of a thousand classes would cost more than the network.
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
