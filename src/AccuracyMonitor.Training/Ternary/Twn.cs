using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Scoring.Ternary;

namespace AccuracyMonitor.Training.Ternary;

/// <summary>Rounding to three values by the rule of ternary weight networks (Li, Zhang, Liu, arXiv 1605.04711, section 2.3): Δ = 0.7·mean|W|,
/// t = sign(W) where |W| &gt; Δ, the scale the mean of those |W|.</summary>
internal static class Twn
{
    private const float Threshold = 0.7f;

    public static TernaryWeights Round(MonitorWeights weights) => new(
        [.. weights.FeatureMean], [.. weights.FeatureScale], weights.ConfidenceScale, [.. weights.Layers.Select(Round)]);

    private static TernaryLayer Round(DenseLayer layer)
    {
        var delta = Threshold * layer.Weights.Average(Math.Abs);
        sbyte[] trits = [.. layer.Weights.Select(w => (sbyte)(Math.Abs(w) > delta ? Math.Sign(w) : 0))];
        float[] kept = [.. layer.Weights.Select(Math.Abs).Where(w => w > delta)];
        return new TernaryLayer(layer.Inputs, layer.Outputs, trits, kept.Length == 0 ? 0 : kept.Average(), [.. layer.Bias]);
    }
}
