using AccuracyMonitor.Core;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Training.Networks;
using AccuracyMonitor.Training.Schedules;

namespace AccuracyMonitor.Training.Quantized;

/// <summary>A monitor network that learns in few bits: steps of AdamW on the logistic loss, as TrainingNetwork takes them, without libtorch. The confidence is
/// added to the output in full precision.</summary>
internal sealed class QuantizedNetwork : IMonitorNetwork
{
    private readonly MonitorMetadata _shape;
    private readonly MonitorWeights _start;
    private readonly Members _members;
    private readonly QuantizedLayers _layers;
    private readonly float[] _confidence;
    private readonly AdamW[] _optimizers;
    private readonly float[][] _parameters;
    private readonly float[][] _anchors;
    private readonly double _penalty;
    private int _steps;

    /// <param name="shape">Of the monitor.</param>
    /// <param name="start">First weights, and the standardisation of the features.</param>
    /// <param name="learningRate">AdamW's step.</param>
    /// <param name="weightDecay">AdamW's decoupled decay.</param>
    /// <param name="penalty">Times the squared distance from <paramref name="start"/>, added to the mean loss.</param>
    /// <param name="options">Null: full precision.</param>
    /// <param name="meter">Measures the variance that quantizing adds; null: it is not measured.</param>
    public QuantizedNetwork(
        MonitorMetadata shape, MonitorWeights start, double learningRate, double weightDecay, double penalty, QuantizationOptions? options,
        VarianceMeter? meter = null)
    {
        (_shape, _start, _members, _penalty) = (shape, start, Members.Of(shape), penalty);
        _layers = new QuantizedLayers(start.Layers, options) { Meter = meter };
        _confidence = [start.ConfidenceScale];
        _parameters = [.. _layers.Weights, .. _layers.Biases, _confidence];
        _anchors = [.. _parameters.Select(p => p.ToArray())];
        _optimizers = [.. _parameters.Select(p => new AdamW(p.Length, learningRate, weightDecay))];
    }

    /// <summary>Learning rate of each step; null: the constructor's rate in every step.</summary>
    public RateRun? Schedule { get; init; }

    public double Epoch(TrainingData data, int[] order, int batchSize, ref SplitMix64 random, CancellationToken cancellationToken)
    {
        var total = 0.0;
        for (var from = 0; from < order.Length; from += batchSize)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var rows = order.AsSpan(from, Math.Min(batchSize, order.Length - from));
            total += Step(data.Rows(rows), ref random) * rows.Length;
        }

        return total / order.Length;
    }

    public float[] MemberLogits(TrainingData data) => DenseMembers.Logits(_shape, Snapshot(), data);

    public MonitorWeights Snapshot() => _start with
    {
        ConfidenceScale = _confidence[0],
        Layers = [.. _start.Layers.Select((l, i) => l with { Weights = [.. _layers.Weights[i]], Bias = [.. _layers.Biases[i]] })],
    };

    public void Dispose()
    {
    }

    private double Step(TrainingData batch, ref SplitMix64 random)
    {
        var outputs = _layers.Forward(Standardised(batch), batch.Count, Masks(batch.Count, ref random));
        var (loss, gradient, confidence) = (0.0, new float[batch.Count], new float[1]);
        for (var i = 0; i < batch.Count; i++)
        {
            var z = outputs[i] + (_confidence[0] * batch.Confidence[i]);
            loss += batch.Weights[i] * Logistic.SoftPlus(batch.Correct[i] > 0 ? -z : z) / batch.Count;
            gradient[i] = (float)(batch.Weights[i] * (Logistic.Sigmoid(z) - batch.Correct[i]) / batch.Count);

            // A network without the confidence input keeps the input's scale at 0.
            confidence[0] += _start.ConfidenceScale == 0 ? 0 : gradient[i] * batch.Confidence[i];
        }

        // Counted also without a schedule, because the meter needs the number of the step.
        var step = _steps++;
        var (weights, biases) = _layers.Backward(gradient, step, ref random);
        var rate = Schedule?.At(step);
        foreach (var (parameter, p) in ((IEnumerable<float[]>)[.. weights, .. biases, confidence]).Select((g, p) => (g, p)))
        {
            Pull(_parameters[p], _anchors[p], parameter);
            _optimizers[p].LearningRate = rate ?? _optimizers[p].LearningRate;
            _optimizers[p].Step(_parameters[p], parameter);
        }

        return loss;
    }

    // The gradient of penalty·‖w − anchor‖².
    private void Pull(float[] weights, float[] anchor, float[] gradient)
    {
        if (_penalty > 0)
        {
            for (var i = 0; i < weights.Length; i++)
            {
                gradient[i] += (float)(2 * _penalty) * (weights[i] - anchor[i]);
            }
        }
    }

    private float[][] Masks(int rows, ref SplitMix64 random)
    {
        float[][] masks = [.. _members.Widths.Select(w => new float[rows * w])];
        for (var row = 0; row < rows; row++)
        {
            var member = random.NextInt(_members.Count);
            for (var l = 0; l < masks.Length; l++)
            {
                var width = _members.Widths[l];
                _members.Masks[l].AsSpan(member * width, width).CopyTo(masks[l].AsSpan(row * width));
            }
        }

        return masks;
    }

    private float[] Standardised(TrainingData data)
    {
        var standardised = new float[data.Features.Length];
        for (var i = 0; i < standardised.Length; i++)
        {
            var feature = i % data.FeatureCount;
            standardised[i] = (data.Features[i] - _start.FeatureMean[feature]) * _start.FeatureScale[feature];
        }

        return standardised;
    }
}
