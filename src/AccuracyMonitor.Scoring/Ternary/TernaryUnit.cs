using System.Numerics;

namespace AccuracyMonitor.Scoring.Ternary;

/// <summary>One unit of a ternary layer: which inputs it adds and which it subtracts.</summary>
/// <param name="Plus">Indices of inputs.</param>
/// <param name="Minus">Indices of inputs.</param>
internal sealed record TernaryUnit(int[] Plus, int[] Minus)
{
    /// <param name="layer">Its layer.</param>
    /// <param name="output">Its column.</param>
    /// <param name="inputs">Inputs that are there; the others count as 0.</param>
    public static TernaryUnit Of(TernaryLayer layer, int output, IReadOnlyList<int> inputs)
    {
        int[] Where(sbyte value) => [.. inputs.Where(i => layer.Trits[(i * layer.Outputs) + output] == value)];
        return new TernaryUnit(Where(1), Where(-1));
    }

    /// <summary>Σ plus − Σ minus, a vector of rows at a time.</summary>
    public Vector<float> Sum(ReadOnlySpan<Vector<float>> inputs)
    {
        var (plus, minus) = (Vector<float>.Zero, Vector<float>.Zero);
        foreach (var i in Plus)
        {
            plus += inputs[i];
        }

        foreach (var i in Minus)
        {
            minus += inputs[i];
        }

        return plus - minus;
    }
}
