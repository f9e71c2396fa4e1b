using System.Runtime.InteropServices;
using AccuracyMonitor.Scoring.Networks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AccuracyMonitor.Training.Networks;

/// <summary>
/// A monitor network in training: the dense weights as torch parameters, and steps of <see cref="AdamW"/> on the logistic loss. No random
/// number comes from torch, so that training is a function of its arguments alone, also beside another training in the same process.
/// </summary>
internal sealed class TrainingNetwork : IDisposable
{
    private readonly MonitorWeights _start;
    private readonly Members _members;
    private readonly Parameter[] _layers;
    private readonly Parameter _confidenceScale;
    private readonly Parameter[] _learned;
    private readonly AdamW[] _optimizers;
    private readonly float[][] _anchors;
    private readonly Tensor[] _masks;
    private readonly double _penalty;

    /// <param name="start">First weights, and the standardisation of the features.</param>
    /// <param name="members">Masks.</param>
    /// <param name="learningRate">AdamW's step.</param>
    /// <param name="weightDecay">AdamW's decoupled decay.</param>
    /// <param name="penalty">Times the squared distance from <paramref name="start"/>, added to the mean loss.</param>
    public TrainingNetwork(MonitorWeights start, Members members, double learningRate, double weightDecay, double penalty = 0)
    {
        set_num_threads(1);
        (_start, _members, _penalty) = (start, members, penalty);
        _layers = [.. start.Layers.SelectMany(layer => new[]
        {
            new Parameter(tensor(layer.Weights, [layer.Inputs, layer.Outputs])),
            new Parameter(tensor(layer.Bias, [layer.Outputs])),
        })];
        _confidenceScale = new Parameter(tensor(new[] { start.ConfidenceScale }));

        // A network without the confidence (scale 0) is to stay without.
        _learned = start.ConfidenceScale == 0 ? _layers : [.. _layers, _confidenceScale];
        _optimizers = [.. _learned.Select(p => new AdamW((int)p.numel(), learningRate, weightDecay))];
        _anchors = [.. _learned.Select(p => Values(p).ToArray())];
        _masks = [.. members.Masks.Zip(members.Widths, (mask, width) => tensor(mask, [members.Count, width]))];
    }

    /// <summary>One pass over the data in the order given, each sample through one member drawn at random.</summary>
    /// <returns>Mean weighted loss of the members, nats.</returns>
    public double Epoch(TrainingData data, int[] order, int batchSize, ref SplitMix64 random, CancellationToken cancellationToken)
    {
        var total = 0.0;
        for (var from = 0; from < order.Length; from += batchSize)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var rows = order.AsSpan(from, Math.Min(batchSize, order.Length - from));
            using var scope = NewDisposeScope();
            total += Step(data.Rows(rows), ref random) * rows.Length;
        }

        return total / order.Length;
    }

    /// <summary>Raw logits (before calibration) of every member, row-major n×T.</summary>
    public float[] MemberLogits(TrainingData data)
    {
        using var scope = NewDisposeScope();
        using var inference = no_grad();
        var x = Features(data);
        var confidence = tensor(data.Confidence);
        var columns = Enumerable.Range(0, _members.Count).Select(t => Forward(x, confidence, [.. _masks.Select(m => m[t])])).ToArray();
        return Values(stack(columns, 1).contiguous()).ToArray();
    }

    public MonitorWeights Snapshot() => _start with
    {
        ConfidenceScale = Values(_confidenceScale)[0],
        Layers = [.. _start.Layers.Select((layer, i) => layer with
        {
            Weights = Values(_layers[2 * i]).ToArray(),
            Bias = Values(_layers[(2 * i) + 1]).ToArray(),
        })],
    };

    public void Dispose()
    {
        foreach (var tensor in _layers.Append(_confidenceScale).Concat(_masks))
        {
            tensor.Dispose();
        }
    }

    private static Span<float> Values(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);

    private double Step(TrainingData batch, ref SplitMix64 random)
    {
        var masks = BatchMasks(batch.Count, ref random);
        var logits = Forward(Features(batch), tensor(batch.Confidence), masks);
        var loss = nn.functional.binary_cross_entropy_with_logits(logits, tensor(batch.Correct), tensor(batch.Weights), nn.Reduction.Mean);
        loss.backward();
        for (var i = 0; i < _learned.Length; i++)
        {
            var weights = Values(_learned[i]);
            var gradient = Values(_learned[i].grad!);
            Pull(weights, _anchors[i], gradient);
            _optimizers[i].Step(weights, gradient);
            gradient.Clear();
        }

        return loss.item<float>();
    }

    // The gradient of penalty·‖w − anchor‖².
    private void Pull(ReadOnlySpan<float> weights, ReadOnlySpan<float> anchor, Span<float> gradient)
    {
        if (_penalty > 0)
        {
            for (var i = 0; i < weights.Length; i++)
            {
                gradient[i] += (float)(2 * _penalty) * (weights[i] - anchor[i]);
            }
        }
    }

    private Tensor[] BatchMasks(int rows, ref SplitMix64 random)
    {
        var member = new long[rows];
        for (var i = 0; i < rows; i++)
        {
            member[i] = random.NextInt(_members.Count);
        }

        var index = tensor(member);
        return [.. _masks.Select(m => m.index_select(0, index))];
    }

    private Tensor Features(TrainingData data) =>
        (tensor(data.Features, [data.Count, data.FeatureCount]) - tensor(_start.FeatureMean)) * tensor(_start.FeatureScale);

    private Tensor Forward(Tensor features, Tensor confidence, Tensor[] masks)
    {
        var x = features;
        for (var layer = 0; layer < masks.Length; layer++)
        {
            x = addmm(_layers[(2 * layer) + 1], x, _layers[2 * layer], 1, 1).relu() * masks[layer];
        }

        return addmm(_layers[^1], x, _layers[^2], 1, 1).squeeze(1) + (confidence * _confidenceScale);
    }
}
