using System.Numerics.Tensors;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Training.Networks;

namespace AccuracyMonitor.Training.BitCentering;

/// <summary>Inputs of the last layer, for one member and one sample.</summary>
internal sealed class HiddenLayers(MonitorMetadata shape, MonitorWeights weights)
{
    private readonly Members _members = Members.Of(shape);
    private readonly float[] _features = new float[weights.FeatureMean.Length];
    private readonly float[][] _units = [.. weights.Layers.SkipLast(1).Select(l => new float[l.Outputs])];

    /// <returns>Valid until the next call.</returns>
    public ReadOnlySpan<float> Of(TrainingData data, int row, int member)
    {
        TensorPrimitives.Subtract(data.Features.AsSpan(row * data.FeatureCount, data.FeatureCount), weights.FeatureMean, _features);
        TensorPrimitives.Multiply(_features, weights.FeatureScale, _features);
        var x = _features;
        for (var l = 0; l < _units.Length; l++)
        {
            var (layer, y) = (weights.Layers[l], _units[l]);
            DenseMembers.Apply(layer, x, y);
            TensorPrimitives.Max(y, 0, y);
            TensorPrimitives.Multiply(y, _members.Masks[l].AsSpan(member * y.Length, y.Length), y);
            x = y;
        }

        return x;
    }
}
