using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Training.Networks;

namespace AccuracyMonitor.Training.Ternary;

/// <summary>A batch stored by columns: the inputs of one unit for all samples are one span. Each sample goes through one member, as in training.</summary>
internal sealed class TernaryBatch
{
    private TernaryBatch(float[][] features, float[][][] masks, float[] confidence, float[] opposite, float[] weights) =>
        (Features, Masks, Confidence, Opposite, Weights) = (features, masks, confidence, opposite, weights);

    /// <summary>Standardised, F columns.</summary>
    public float[][] Features { get; }

    /// <summary>Of each hidden layer, a column for each unit: 0 where the sample's member drops it, else the members' scale.</summary>
    public float[][][] Masks { get; }

    public float[] Confidence { get; }

    /// <summary>−1 where the prediction was right, else 1: the loss is softplus of this times the logit.</summary>
    public float[] Opposite { get; }

    /// <summary>They sum to 1.</summary>
    public float[] Weights { get; }

    public int Count => Opposite.Length;

    public static TernaryBatch Of(MonitorMetadata shape, MonitorWeights weights, TrainingData data, SplitMix64 random)
    {
        var n = data.Count;
        var members = new int[n];
        for (var i = 0; i < n; i++)
        {
            members[i] = random.NextInt(shape.Members);
        }

        var all = Members.Of(shape);
        var total = data.Weights.Sum();
        float[] Column(Func<int, float> value) => [.. Enumerable.Range(0, n).Select(value)];
        return new TernaryBatch(
            [.. Enumerable.Range(0, data.FeatureCount)
                .Select(f => Column(i => (data.Features[(i * data.FeatureCount) + f] - weights.FeatureMean[f]) * weights.FeatureScale[f]))],
            [.. all.Masks.Zip(all.Widths, (mask, width) => Enumerable.Range(0, width).Select(u => Column(i => mask[(members[i] * width) + u])).ToArray())],
            data.Confidence,
            Column(i => data.Correct[i] > 0 ? -1 : 1),
            Column(i => data.Weights[i] / total));
    }
}
