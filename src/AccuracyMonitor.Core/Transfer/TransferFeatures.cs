using System.Numerics.Tensors;

namespace AccuracyMonitor.Core.Transfer;

/// <summary>What a head sees of a prediction. Fitting and scoring both come through here, so they cannot drift apart.</summary>
internal static class TransferFeatures
{
    // A softmax in float32 is exactly 0 or 1 where its logits are far apart; below a millionth the logarithm tells noise.
    private const float LeastProbability = 1e-6f;
    private const double LargestLogit = 30;
    private const int Chunk = 256;

    /// <summary>The monitor's logit, held within ±30 (a probability of 1e-13), so that a saturated one is no lever.</summary>
    public static double Logit(double monitorLogit) => Math.Clamp(monitorLogit, -LargestLogit, LargestLogit);

    /// <summary>φ_k = log max(p_k, 1e-6), less their mean over k: what is left of the logits themselves, whatever their common
    /// level.</summary>
    public static void LogProbabilities(ReadOnlySpan<float> probabilities, Span<double> centred)
    {
        Span<float> logs = stackalloc float[Chunk];
        for (var start = 0; start < probabilities.Length; start += Chunk)
        {
            var length = Math.Min(Chunk, probabilities.Length - start);
            Logs(probabilities.Slice(start, length), logs);
            TensorPrimitives.ConvertTruncating<float, double>(logs[..length], centred.Slice(start, length));
        }

        var features = centred[..probabilities.Length];
        TensorPrimitives.Subtract(features, TensorPrimitives.Sum<double>(features) / features.Length, features);
    }

    /// <summary>Σ w_k φ_k, without a buffer of length K.</summary>
    public static double Dot(ReadOnlySpan<double> weights, ReadOnlySpan<float> probabilities)
    {
        Span<float> logs = stackalloc float[Chunk];
        Span<double> wide = stackalloc double[Chunk];
        double weighted = 0, sum = 0, weightSum = 0;
        for (var start = 0; start < probabilities.Length; start += Chunk)
        {
            var length = Math.Min(Chunk, probabilities.Length - start);
            Logs(probabilities.Slice(start, length), logs);
            TensorPrimitives.ConvertTruncating<float, double>(logs[..length], wide);
            var part = weights.Slice(start, length);
            weighted += TensorPrimitives.Dot(part, wide[..length]);
            weightSum += TensorPrimitives.Sum(part);
            sum += TensorPrimitives.Sum<double>(wide[..length]);
        }

        return weighted - (weightSum * sum / probabilities.Length);
    }

    private static void Logs(ReadOnlySpan<float> probabilities, Span<float> logs)
    {
        TensorPrimitives.Max(probabilities, LeastProbability, logs);
        TensorPrimitives.Log(logs[..probabilities.Length], logs);
    }
}
