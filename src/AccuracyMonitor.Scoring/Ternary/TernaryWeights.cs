using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Scoring.Ternary;

/// <summary>Weights of a monitor network with ternary layers; otherwise as <see cref="MonitorWeights"/>.</summary>
/// <param name="FeatureMean">Length F.</param>
/// <param name="FeatureScale">Length F.</param>
/// <param name="ConfidenceScale">Factor of the logit of the largest probability, which is added to the last layer's output.</param>
/// <param name="Layers">The hidden layers, then the output layer of width 1.</param>
public sealed record TernaryWeights(float[] FeatureMean, float[] FeatureScale, float ConfidenceScale, IReadOnlyList<TernaryLayer> Layers)
{
    /// <summary>Converts dense weights that are already ternary, such as the result of <see cref="ToDense"/>.</summary>
    /// <returns>Null if a layer has weights of two different magnitudes.</returns>
    public static TernaryWeights? OfDense(MonitorWeights weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        var layers = weights.Layers.Select(TernaryLayer.OfDense).ToArray();
        return layers.Contains(null) ? null : new TernaryWeights(weights.FeatureMean, weights.FeatureScale, weights.ConfidenceScale, layers!);
    }

    public MonitorWeights ToDense() => new(FeatureMean, FeatureScale, ConfidenceScale, [.. Layers.Select(l => l.ToDense())]);

    /// <summary>The weights with biases rounded to half precision, as in the file.</summary>
    public TernaryWeights Rounded() => this with
    {
        Layers = [.. Layers.Select(l => l with { Bias = [.. l.Bias.Select(b => (float)(Half)b)] })],
    };
}
