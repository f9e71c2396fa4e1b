using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Scoring.Ternary;

namespace AccuracyMonitor.Scoring.Tests.Ternary;

internal static class SomeTernary
{
    public static TernaryWeights Weights(MonitorMetadata shape, ulong seed = 1)
    {
        var dense = SomeMonitor.Weights(shape, seed);
        var random = new SplitMix64(seed + 100);
        return new TernaryWeights(
            dense.FeatureMean, dense.FeatureScale, dense.ConfidenceScale,
            [.. dense.Layers.Select(l => new TernaryLayer(
                l.Inputs, l.Outputs, [.. l.Weights.Select(_ => (sbyte)(random.NextInt(3) - 1))], 0.5f / MathF.Sqrt(l.Inputs), l.Bias))]).Rounded();
    }
}
