using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Scoring.Ternary;

/// <summary>A monitor network's weights, as <see cref="MonitorWeights"/> has them, with ternary layers.</summary>
/// <param name="FeatureMean">Length F.</param>
/// <param name="FeatureScale">Length F.</param>
/// <param name="ConfidenceScale">Times the logit of the largest probability is added to the last layer's output.</param>
/// <param name="Layers">The hidden layers, then the output layer of width 1.</param>
public sealed record TernaryWeights(float[] FeatureMean, float[] FeatureScale, float ConfidenceScale, IReadOnlyList<TernaryLayer> Layers)
{
    /// <summary>The ternary form of weights that are ternary already: what <see cref="ToDense"/> made, as a sidecar keeps it.</summary>
    /// <returns>Null where a layer has weights of two sizes.</returns>
    public static TernaryWeights? OfDense(MonitorWeights weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        var layers = weights.Layers.Select(TernaryLayer.OfDense).ToArray();
        return layers.Contains(null) ? null : new TernaryWeights(weights.FeatureMean, weights.FeatureScale, weights.ConfidenceScale, layers!);
    }

    public MonitorWeights ToDense() => new(FeatureMean, FeatureScale, ConfidenceScale, [.. Layers.Select(l => l.ToDense())]);

    /// <summary>Biases as the file keeps them, in half precision.</summary>
    public TernaryWeights Rounded() => this with
    {
        Layers = [.. Layers.Select(l => l with { Bias = [.. l.Bias.Select(b => (float)(Half)b)] })],
    };
}
