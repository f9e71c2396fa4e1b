using System.Runtime.InteropServices;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Training.Schedules;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AccuracyMonitor.Training.Networks;

/// <summary>
/// A monitor network in training: the dense weights as torch parameters, and steps of <see cref="AdamW"/> on the logistic loss. No random
/// number comes from torch, so that training is a function of its arguments alone, also beside another training in the same process.
/// Every torch operation used here takes tensors and plain numbers only: see docs/reference/libtorch.md, "Scalars".
/// </summary>
internal sealed class TrainingNetwork : IMonitorNetwork
{
    private readonly MonitorWeights _start;
    private readonly Members _members;
    private readonly Parameter[] _parameters;
    private readonly AdamW[] _optimizers;
    private readonly float[][] _anchors;
    private readonly Tensor[] _masks;
    private readonly double _penalty;
    private int _steps;

    /// <param name="start">First weights, and the standardisation of the features.</param>
    /// <param name="members">Masks.</param>
    /// <param name="learningRate">AdamW's step.</param>
    /// <param name="weightDecay">AdamW's decoupled decay.</param>
    /// <param name="penalty">Times the squared distance from <paramref name="start"/>, added to the mean loss.</param>
    public TrainingNetwork(MonitorWeights start, Members members, double learningRate, double weightDecay, double penalty = 0)
    {
        set_num_threads(1);
        (_start, _members, _penalty) = (start, members, penalty);

        // The confidence is one more input of the last layer, its scale one more weight.
        var head = start.Layers[^1];
        DenseLayer[] layers = [.. start.Layers.SkipLast(1), head with { Inputs = head.Inputs + 1, Weights = [.. head.Weights, start.ConfidenceScale] }];
        _parameters = [.. layers.SelectMany(layer => new[]
        {
            new Parameter(tensor(layer.Weights, [layer.Inputs, layer.Outputs])),
            new Parameter(tensor(layer.Bias, [layer.Outputs])),
        })];
        _optimizers = [.. _parameters.Select(p => new AdamW((int)p.numel(), learningRate, weightDecay))];
        _anchors = [.. _parameters.Select(p => Values(p).ToArray())];
        _masks = [.. members.Masks.Zip(members.Widths, (mask, width) => tensor(mask, [members.Count, width]))];
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
            using var scope = NewDisposeScope();
            total += Step(data.Rows(rows), ref random) * rows.Length;
        }

        return total / order.Length;
    }

    public float[] MemberLogits(TrainingData data)
    {
        using var scope = NewDisposeScope();
        using var inference = no_grad();
        var (features, confidence) = Inputs(data);
        var columns = new Tensor[_members.Count];

        // Members differ from the first mask on, so the values before it are computed once.
        var first = Hidden(features, 0);
        for (var t = 0; t < columns.Length; t++)
        {
            columns[t] = Forward(first, confidence, [.. _masks.Select(m => m.narrow(0, t, 1))]);
        }

        return Values(stack(columns, 1).contiguous()).ToArray();
    }

    public MonitorWeights Snapshot()
    {
        var layers = _start.Layers.Select((layer, i) => layer with
        {
            Weights = Values(_parameters[2 * i])[..layer.Weights.Length].ToArray(),
            Bias = Values(_parameters[(2 * i) + 1]).ToArray(),
        });
        return _start with { ConfidenceScale = Values(_parameters[^2])[^1], Layers = [.. layers] };
    }

    public void Dispose()
    {
        foreach (var tensor in _parameters.Concat(_masks))
        {
            tensor.Dispose();
        }
    }

    private static Span<float> Values(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);

    private double Step(TrainingData batch, ref SplitMix64 random)
    {
        var masks = BatchMasks(batch.Count, ref random);
        var (features, confidence) = Inputs(batch);
        var loss = nn.functional.binary_cross_entropy_with_logits(
            Forward(Hidden(features, 0), confidence, masks), tensor(batch.Correct), tensor(batch.Weights), nn.Reduction.Mean);
        loss.backward();
        var rate = Schedule?.At(_steps++);
        for (var i = 0; i < _parameters.Length; i++)
        {
            var gradient = Values(_parameters[i].grad!);
            if (i == _parameters.Length - 2 && _start.ConfidenceScale == 0)
            {
                // A network without the confidence input keeps the input's scale at 0.
                gradient[^1] = 0;
            }

            Pull(Values(_parameters[i]), _anchors[i], gradient);
            _optimizers[i].LearningRate = rate ?? _optimizers[i].LearningRate;
            _optimizers[i].Step(Values(_parameters[i]), gradient);
            gradient.Clear();
        }

        return Values(loss)[0];
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

    private (Tensor Features, Tensor Confidence) Inputs(TrainingData data)
    {
        var standardised = new float[data.Features.Length];
        for (var i = 0; i < standardised.Length; i++)
        {
            var feature = i % data.FeatureCount;
            standardised[i] = (data.Features[i] - _start.FeatureMean[feature]) * _start.FeatureScale[feature];
        }

        return (tensor(standardised, [data.Count, data.FeatureCount]), tensor(data.Confidence, [data.Count, 1]));
    }

    private Tensor Hidden(Tensor inputs, int layer) => addmm(_parameters[(2 * layer) + 1], inputs, _parameters[2 * layer], 1, 1).relu();

    private Tensor Forward(Tensor firstHidden, Tensor confidence, Tensor[] masks)
    {
        var x = firstHidden.mul(masks[0]);
        for (var layer = 1; layer < masks.Length; layer++)
        {
            x = Hidden(x, layer).mul(masks[layer]);
        }

        return addmm(_parameters[^1], cat([x, confidence], 1), _parameters[^2], 1, 1).squeeze(1);
    }
}
