using System.Numerics.Tensors;

namespace AccuracyMonitor.Core.Recalibration;

/// <summary>Features of a prediction for a head. Fitting and scoring share this code, so that they use the same features.</summary>
internal static class RecalibrationFeatures
{
    // A float32 softmax is exactly 0 or 1 where logits are far apart; below 1e-6 the logarithm is mostly noise.
    private const float LeastProbability = 1e-6f;
    private const double LargestLogit = 30;
    private const int Chunk = 256;

    /// <summary>The monitor's logit, clamped to ±30 (a probability of 1e-13), so that a saturated logit does not dominate the
    /// fit.</summary>
    public static double Logit(double monitorLogit) => Math.Clamp(monitorLogit, -LargestLogit, LargestLogit);

    /// <summary>φ_k = log max(p_k, 1e-6) minus its mean over k: the logits of the deployed model up to their common offset.</summary>
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
