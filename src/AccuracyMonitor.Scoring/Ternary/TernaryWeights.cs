using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Scoring.Ternary;

/// <summary>A monitor network's weights, as <see cref="MonitorWeights"/> has them, with ternary layers.</summary>
/// <param name="FeatureMean">Length F.</param>
/// <param name="FeatureScale">Length F.</param>
/// <param name="ConfidenceScale">Times the logit of the largest probability is added to the last layer's output.</param>
/// <param name="Layers">The hidden layers, then the output layer of width 1.</param>
public sealed record TernaryWeights(float[] FeatureMean, float[] FeatureScale, float ConfidenceScale, IReadOnlyList<TernaryLayer> Layers)
{
    public MonitorWeights ToDense() => new(FeatureMean, FeatureScale, ConfidenceScale, [.. Layers.Select(l => l.ToDense())]);

    /// <summary>Biases as the file keeps them, in half precision.</summary>
    public TernaryWeights Rounded() => this with
    {
        Layers = [.. Layers.Select(l => l with { Bias = [.. l.Bias.Select(b => (float)(Half)b)] })],
    };
}
