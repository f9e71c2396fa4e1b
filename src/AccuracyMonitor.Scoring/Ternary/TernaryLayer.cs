using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Scoring.Ternary;

/// <summary>One dense layer whose weights are Scale·t with t of {−1, 0, +1}: y = Scale·(x·T) + b.</summary>
/// <param name="Inputs">Rows of T.</param>
/// <param name="Outputs">Columns of T.</param>
/// <param name="Trits">T row-major, Inputs×Outputs, each −1, 0 or 1.</param>
/// <param name="Scale">One scale for the whole layer.</param>
/// <param name="Bias">b, length Outputs.</param>
public sealed record TernaryLayer(int Inputs, int Outputs, sbyte[] Trits, float Scale, float[] Bias)
{
    internal static TernaryLayer? OfDense(DenseLayer layer)
    {
        var scale = layer.Weights.Max(Math.Abs);
        return layer.Weights.All(w => w == 0 || Math.Abs(w) == scale)
            ? new TernaryLayer(layer.Inputs, layer.Outputs, [.. layer.Weights.Select(w => (sbyte)Math.Sign(w))], scale, [.. layer.Bias])
            : null;
    }

    public DenseLayer ToDense() => new(Inputs, Outputs, [.. Trits.Select(t => Scale * t)], [.. Bias]);
}
