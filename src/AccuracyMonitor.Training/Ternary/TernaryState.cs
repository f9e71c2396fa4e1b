using System.Numerics.Tensors;
using AccuracyMonitor.Scoring.Ternary;

namespace AccuracyMonitor.Training.Ternary;

/// <summary>
/// A ternary network with all intermediate values for one batch, so that changing one weight recomputes only what depends on it: for the
/// first layer its unit and the units after it, for the second its unit, for the last only the output. Σ t·x of each unit is stored without
/// scale and bias.
/// </summary>
internal sealed class TernaryState
{
    private readonly TernaryBatch _batch;
    private readonly float[][][] _sums;
    private readonly float[][][] _values;
    private readonly float[] _logits;
    private readonly float[] _sum;
    private readonly float[] _change;
    private readonly float[] _deeper;
    private readonly float[] _output;
    private readonly float[] _loss;

    public TernaryState(TernaryBatch batch, TernaryWeights start)
    {
        _batch = batch;
        Trits = [.. start.Layers.Select(l => l.Trits.ToArray())];
        Scales = [.. start.Layers.Select(l => l.Scale)];
        Biases = [.. start.Layers.Select(l => l.Bias.ToArray())];
        Outputs = [.. start.Layers.Select(l => l.Outputs)];
        Inputs = [.. start.Layers.Select(l => l.Inputs)];
        ConfidenceScale = start.ConfidenceScale;
        float[][][] Columns() => [.. Outputs.Select(o => Enumerable.Range(0, o).Select(_ => new float[batch.Count]).ToArray())];
        (_sums, _values) = (Columns(), Columns());
        (_logits, _sum, _change, _deeper, _output, _loss) =
            (new float[batch.Count], new float[batch.Count], new float[batch.Count], new float[batch.Count], new float[batch.Count], new float[batch.Count]);
        Recompute();
    }

    public sbyte[][] Trits { get; }

    public float[] Scales { get; }

    public float[][] Biases { get; }

    public float ConfidenceScale { get; set; }

    public int[] Inputs { get; }

    public int[] Outputs { get; }

    public int Last => Trits.Length - 1;

    /// <summary>Mean weighted logistic loss of the batch, nats.</summary>
    public double Loss { get; private set; }

    public float[] Logits => _logits;

    public float[] Sum(int layer, int unit) => _sums[layer][unit];

    public float[] Value(int layer, int unit) => layer < 0 ? _batch.Features[unit] : _values[layer][unit];

    /// <summary>Recomputes everything from the weights.</summary>
    public void Recompute()
    {
        for (var layer = 0; layer <= Last; layer++)
        {
            for (var unit = 0; unit < Outputs[layer]; unit++)
            {
                var sum = _sums[layer][unit];
                Array.Clear(sum);
                for (var input = 0; input < Inputs[layer]; input++)
                {
                    TensorPrimitives.MultiplyAdd(Value(layer - 1, input), Trits[layer][(input * Outputs[layer]) + unit], sum, sum);
                }
            }

            Activate(layer);
        }
    }

    /// <summary>Applies scales and biases to the stored sums, layer by layer. Sums after a changed layer are recomputed.</summary>
    public void Rescale()
    {
        Activate(0);
        for (var layer = 1; layer <= Last; layer++)
        {
            for (var unit = 0; unit < Outputs[layer]; unit++)
            {
                var sum = _sums[layer][unit];
                Array.Clear(sum);
                for (var input = 0; input < Inputs[layer]; input++)
                {
                    if (Trits[layer][(input * Outputs[layer]) + unit] is not 0 and var trit)
                    {
                        TensorPrimitives.MultiplyAdd(Value(layer - 1, input), trit, sum, sum);
                    }
                }
            }

            Activate(layer);
        }
    }

    /// <summary>The loss with one weight at another value. The state does not change.</summary>
    public double Try(int layer, int input, int unit, sbyte trit)
    {
        Propagate(layer, input, unit, trit, keep: false);
        return LossOf(_output);
    }

    /// <summary>Sets one weight.</summary>
    public void Set(int layer, int input, int unit, sbyte trit)
    {
        Propagate(layer, input, unit, trit, keep: true);
        Trits[layer][(input * Outputs[layer]) + unit] = trit;
        _output.CopyTo(_logits, 0);
        Loss = LossOf(_logits);
    }

    public TernaryWeights Snapshot(TernaryWeights like) => like with
    {
        ConfidenceScale = ConfidenceScale,
        Layers = [.. like.Layers.Select((l, i) => l with { Trits = [.. Trits[i]], Scale = Scales[i], Bias = [.. Biases[i]] })],
    };

    public double LossOf(ReadOnlySpan<float> logits)
    {
        // softplus(x) = max(x, 0) + log(1 + e^−|x|).
        TensorPrimitives.Multiply(_batch.Opposite, logits, _sum);
        TensorPrimitives.Abs(_sum, _loss);
        TensorPrimitives.Negate(_loss, _loss);
        TensorPrimitives.Exp(_loss, _loss);
        TensorPrimitives.Add(_loss, 1, _loss);
        TensorPrimitives.Log(_loss, _loss);
        TensorPrimitives.Max(_sum, 0, _sum);
        TensorPrimitives.Add(_loss, _sum, _loss);
        return TensorPrimitives.Dot<float>(_loss, _batch.Weights);
    }

    // Writes the logits with the changed weight to _output.
    private void Propagate(int layer, int input, int unit, sbyte trit, bool keep)
    {
        var change = trit - Trits[layer][(input * Outputs[layer]) + unit];
        TensorPrimitives.MultiplyAdd(Value(layer - 1, input), change, _sums[layer][unit], _sum);
        if (layer == Last)
        {
            Keep(_sum, _sums[layer][unit], keep);
            TensorPrimitives.MultiplyAdd(Value(layer - 1, input), change * Scales[layer], _logits, _output);
            return;
        }

        Change(layer, unit, _sum, _change, keep);
        if (layer + 1 == Last)
        {
            TowardsOutput(unit, _change, _logits, keep);
            return;
        }

        _logits.CopyTo(_output, 0);
        for (var next = 0; next < Outputs[layer + 1]; next++)
        {
            var weight = Trits[layer + 1][(unit * Outputs[layer + 1]) + next];
            if (weight == 0 || (!keep && Trits[Last][next] == 0))
            {
                continue;
            }

            TensorPrimitives.MultiplyAdd(_change, weight, _sums[layer + 1][next], _sum);
            Change(layer + 1, next, _sum, _deeper, keep);
            TowardsOutput(next, _deeper, _output, keep);
        }
    }

    // The change of a unit's value, from its new sum.
    private void Change(int layer, int unit, float[] sum, float[] change, bool keep)
    {
        TensorPrimitives.Multiply(sum, Scales[layer], change);
        TensorPrimitives.Add(change, Biases[layer][unit], change);
        TensorPrimitives.Max(change, 0, change);
        TensorPrimitives.Multiply(change, _batch.Masks[layer][unit], change);
        Keep(sum, _sums[layer][unit], keep);
        var value = _values[layer][unit];
        TensorPrimitives.Subtract(change, value, change);
        if (keep)
        {
            TensorPrimitives.Add(value, change, value);
        }
    }

    private void TowardsOutput(int unit, float[] change, float[] from, bool keep)
    {
        var trit = Trits[Last][unit];
        TensorPrimitives.MultiplyAdd(change, trit * Scales[Last], from, _output);
        if (keep)
        {
            TensorPrimitives.MultiplyAdd(change, trit, _sums[Last][0], _sums[Last][0]);
        }
    }

    private static void Keep(float[] values, float[] place, bool keep)
    {
        if (keep)
        {
            values.CopyTo(place, 0);
        }
    }

    private void Activate(int layer)
    {
        for (var unit = 0; unit < Outputs[layer]; unit++)
        {
            var value = layer == Last ? _logits : _values[layer][unit];
            TensorPrimitives.Multiply(_sums[layer][unit], Scales[layer], value);
            TensorPrimitives.Add(value, Biases[layer][unit], value);
            if (layer == Last)
            {
                TensorPrimitives.MultiplyAdd(_batch.Confidence, ConfidenceScale, value, value);
                Loss = LossOf(_logits);
                return;
            }

            TensorPrimitives.Max(value, 0, value);
            TensorPrimitives.Multiply(value, _batch.Masks[layer][unit], value);
        }
    }
}
