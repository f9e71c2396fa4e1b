using System.Numerics.Tensors;
using AccuracyMonitor.Core;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Training.Networks;

namespace AccuracyMonitor.Training.BitCentering;

/// <summary>
/// The whole network as a finite sum: a change of all weights and biases, where each sample uses one member, chosen once at random. The
/// problem is not convex, so HALP's convergence theory does not apply.
/// </summary>
internal sealed class NetworkProblem : IFiniteSum
{
    private readonly DenseLayer[] _layers;
    private readonly double[] _start;
    private readonly double[] _point;
    private readonly TrainingData _data;
    private readonly double[] _features;
    private readonly double[] _offsets;
    private readonly double[][] _masks;
    private readonly int[] _memberOf;
    private readonly double[][] _values;
    private readonly double[][] _behind;
    private readonly double _penalty;
    private readonly double _scale;

    public NetworkProblem(MonitorMetadata shape, MonitorWeights weights, TrainingData data, double penalty, SplitMix64 random)
    {
        (_layers, _data, _penalty, _scale) = ([.. weights.Layers], data, penalty, shape.CalibrationScale);
        _start = [.. _layers.SelectMany(l => l.Weights.Concat(l.Bias)).Select(w => (double)w)];
        _point = new double[_start.Length];
        Blocks = [.. _layers.SelectMany(l => (int[])[l.Weights.Length, l.Bias.Length])
            .Aggregate(new List<int>(), (ends, n) => [.. ends, n + (ends.Count == 0 ? 0 : ends[^1])])];
        _features = [.. Enumerable.Range(0, data.Count * data.FeatureCount)
            .Select(i => (double)((data.Features[i] - weights.FeatureMean[i % data.FeatureCount]) * weights.FeatureScale[i % data.FeatureCount]))];
        _offsets = [.. data.Confidence.Select(c => (shape.CalibrationScale * weights.ConfidenceScale * c) + shape.CalibrationShift)];
        _masks = [.. Members.Of(shape).Masks.Select(m => m.Select(v => (double)v).ToArray())];
        _memberOf = new int[data.Count];
        for (var i = 0; i < data.Count; i++)
        {
            _memberOf[i] = random.NextInt(shape.Members);
        }

        _values = [.. _layers.Select(l => new double[l.Outputs])];
        _behind = [.. _layers.Select(l => new double[l.Outputs])];
    }

    public int Count => _data.Count;

    public int Dimension => _start.Length;

    /// <summary>Weights and biases of each layer have scales of their own.</summary>
    public IReadOnlyList<int> Blocks { get; }

    public double Objective(ReadOnlySpan<double> w)
    {
        TensorPrimitives.Add(_start, w, _point);
        var sum = 0.0;
        for (var i = 0; i < Count; i++)
        {
            var z = Logit(i);
            sum += _data.Weights[i] * Logistic.SoftPlus(_data.Correct[i] > 0 ? -z : z);
        }

        return (sum / Count) + (_penalty / 2 * TensorPrimitives.SumOfSquares(w));
    }

    public void Gradient(ReadOnlySpan<double> w, ReadOnlySpan<int> rows, Span<double> gradient)
    {
        TensorPrimitives.Add(_start, w, _point);
        TensorPrimitives.Multiply(w, _penalty, gradient);
        var count = rows.IsEmpty ? Count : rows.Length;
        for (var r = 0; r < count; r++)
        {
            var i = rows.IsEmpty ? r : rows[r];
            var residual = Logistic.Sigmoid(Logit(i)) - _data.Correct[i];
            Back(i, _scale * _data.Weights[i] * residual / count, gradient);
        }
    }

    /// <summary>The network after a change of length d.</summary>
    public static MonitorWeights Changed(MonitorWeights weights, ReadOnlySpan<double> change)
    {
        var layers = new List<DenseLayer>();
        var at = 0;
        foreach (var layer in weights.Layers)
        {
            float[] Moved(float[] values, ReadOnlySpan<double> by)
            {
                var moved = new float[values.Length];
                for (var i = 0; i < moved.Length; i++)
                {
                    moved[i] = (float)(values[i] + by[i]);
                }

                return moved;
            }

            var (w, b) = (layer.Weights.Length, layer.Bias.Length);
            layers.Add(layer with { Weights = Moved(layer.Weights, change.Slice(at, w)), Bias = Moved(layer.Bias, change.Slice(at + w, b)) });
            at += w + b;
        }

        return weights with { Layers = layers };
    }

    private double Logit(int row)
    {
        ReadOnlySpan<double> x = _features.AsSpan(row * _data.FeatureCount, _data.FeatureCount);
        var at = 0;
        for (var l = 0; l < _layers.Length; l++)
        {
            var (layer, y) = (_layers[l], _values[l]);
            _point.AsSpan(at + layer.Weights.Length, layer.Outputs).CopyTo(y);
            for (var i = 0; i < x.Length; i++)
            {
                if (x[i] != 0)
                {
                    TensorPrimitives.MultiplyAdd(_point.AsSpan(at + (i * layer.Outputs), layer.Outputs), x[i], y, y);
                }
            }

            at += layer.Weights.Length + layer.Outputs;
            if (l < _layers.Length - 1)
            {
                TensorPrimitives.Max(y, 0, y);
                TensorPrimitives.Multiply(y, Mask(l, row), y);
            }

            x = y;
        }

        return (_scale * x[0]) + _offsets[row];
    }

    // Adds the gradient of one sample. Logit has stored its values.
    private void Back(int row, double output, Span<double> gradient)
    {
        var end = Dimension;
        _behind[^1][0] = output;
        for (var l = _layers.Length - 1; l >= 0; l--)
        {
            var (layer, behind) = (_layers[l], _behind[l]);
            var at = end - layer.Weights.Length - layer.Outputs;
            ReadOnlySpan<double> x = l == 0 ? _features.AsSpan(row * _data.FeatureCount, _data.FeatureCount) : _values[l - 1];
            var bias = gradient.Slice(at + layer.Weights.Length, layer.Outputs);
            TensorPrimitives.Add(bias, behind, bias);
            for (var i = 0; i < x.Length; i++)
            {
                // A unit that a mask or the ReLU sets to 0 has no gradient and passes none back.
                if (x[i] != 0)
                {
                    var g = gradient.Slice(at + (i * layer.Outputs), layer.Outputs);
                    TensorPrimitives.MultiplyAdd(behind, x[i], g, g);
                }

                if (l > 0)
                {
                    _behind[l - 1][i] = x[i] == 0 ? 0
                        : Mask(l - 1, row)[i] * TensorPrimitives.Dot(_point.AsSpan(at + (i * layer.Outputs), layer.Outputs), behind);
                }
            }

            end = at;
        }
    }

    private ReadOnlySpan<double> Mask(int layer, int row) => _masks[layer].AsSpan(_memberOf[row] * _layers[layer].Outputs, _layers[layer].Outputs);
}
