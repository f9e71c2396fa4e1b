using System.Numerics;

namespace AccuracyMonitor.Scoring.Ternary;

/// <summary>One unit of a ternary layer: the inputs that it adds and those that it subtracts.</summary>
/// <param name="Plus">Indices of the inputs with weight +1.</param>
/// <param name="Minus">Indices of the inputs with weight −1.</param>
internal sealed record TernaryUnit(int[] Plus, int[] Minus)
{
    /// <param name="layer">Layer of the unit.</param>
    /// <param name="output">Column of the unit.</param>
    /// <param name="inputs">Inputs that are kept; the others count as 0.</param>
    public static TernaryUnit Of(TernaryLayer layer, int output, IReadOnlyList<int> inputs)
    {
        int[] Where(sbyte value) => [.. inputs.Where(i => layer.Trits[(i * layer.Outputs) + output] == value)];
        return new TernaryUnit(Where(1), Where(-1));
    }

    /// <summary>Sum of the added inputs minus sum of the subtracted inputs, for one SIMD vector of rows at a time.</summary>
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
