using System.Numerics.Tensors;
using AccuracyMonitor.Scoring.Ternary;
using AccuracyMonitor.Training.Networks;

namespace AccuracyMonitor.Training.Ternary;

/// <summary>Fits the parameters that are not ternary (each layer's scale and biases, and the scale of the confidence) by Adam on the whole batch, and keeps
/// the best step.</summary>
internal sealed class TernaryRefit(TernaryBatch batch)
{
    private const double LearningRate = 0.01;

    private readonly float[] _output = new float[batch.Count];
    private readonly float[] _towards = new float[batch.Count];
    private readonly Dictionary<(int Layer, int Unit), float[]> _units = [];

    public TernaryWeights Fit(TernaryWeights start, int steps)
    {
        var state = new TernaryState(batch, start);
        var parameters = Parameters(state);
        var adam = new AdamW(parameters.Length, LearningRate, weightDecay: 0);
        var (best, bestLoss) = (start, state.Loss);
        for (var step = 0; step < steps; step++)
        {
            adam.Step(parameters, Gradient(state));
            Set(state, parameters);
            state.Rescale();
            if (state.Loss < bestLoss)
            {
                (best, bestLoss) = (state.Snapshot(start), state.Loss);
            }
        }

        return best;
    }

    internal static float[] Parameters(TernaryState state) => [.. state.Scales, .. state.Biases.SelectMany(b => b), state.ConfidenceScale];

    internal static void Set(TernaryState state, ReadOnlySpan<float> parameters)
    {
        parameters[..state.Scales.Length].CopyTo(state.Scales);
        var rest = parameters[state.Scales.Length..];
        foreach (var bias in state.Biases)
        {
            rest[..bias.Length].CopyTo(bias);
            rest = rest[bias.Length..];
        }

        state.ConfidenceScale = rest[0];
    }

    /// <summary>Of the batch's loss with respect to <see cref="Parameters"/>, in their order.</summary>
    internal float[] Gradient(TernaryState state)
    {
        var scales = new float[state.Scales.Length];
        float[][] biases = [.. state.Biases.Select(b => new float[b.Length])];

        // d softplus(o·z) / dz = o·σ(o·z).
        TensorPrimitives.Multiply(batch.Opposite, state.Logits, _output);
        TensorPrimitives.Sigmoid(_output, _output);
        TensorPrimitives.Multiply(_output, batch.Opposite, _output);
        TensorPrimitives.Multiply(_output, batch.Weights, _output);
        var confidence = TensorPrimitives.Dot<float>(batch.Confidence, _output);
        float[][] behind = [_output];
        for (var layer = state.Last; layer >= 0; layer--)
        {
            for (var unit = 0; unit < behind.Length; unit++)
            {
                scales[layer] += TensorPrimitives.Dot<float>(state.Sum(layer, unit), behind[unit]);
                biases[layer][unit] = TensorPrimitives.Sum<float>(behind[unit]);
            }

            behind = layer == 0 ? behind : Before(state, layer, behind);
        }

        return [.. scales, .. biases.SelectMany(b => b), state.ConfidenceScale == 0 ? 0 : confidence];
    }

    // From the gradient with respect to a layer's pre-activations to that of the layer before.
    private float[][] Before(TernaryState state, int layer, float[][] behind)
    {
        var before = new float[state.Inputs[layer]][];
        for (var input = 0; input < before.Length; input++)
        {
            var gradient = before[input] = Unit(layer, input);
            Array.Clear(gradient);
            for (var unit = 0; unit < behind.Length; unit++)
            {
                if (state.Trits[layer][(input * behind.Length) + unit] is not 0 and var trit)
                {
                    TensorPrimitives.MultiplyAdd(behind[unit], trit * state.Scales[layer], gradient, gradient);
                }
            }

            // ReLU and mask: the value is above 0 where neither sets it to 0.
            var value = state.Value(layer - 1, input);
            TensorPrimitives.Multiply(gradient, batch.Masks[layer - 1][input], _towards);
            for (var i = 0; i < gradient.Length; i++)
            {
                gradient[i] = value[i] > 0 ? _towards[i] : 0;
            }
        }

        return before;
    }

    private float[] Unit(int layer, int input) =>
        _units.TryGetValue((layer, input), out var buffer) ? buffer : _units[(layer, input)] = new float[batch.Count];
}
