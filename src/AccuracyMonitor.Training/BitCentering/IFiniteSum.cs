using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Training.BitCentering;

/// <summary>Objective of the solvers: the mean of one loss per sample plus λ/2 times the squared distance from the origin.</summary>
internal interface IFiniteSum
{
    /// <summary>N, samples.</summary>
    int Count { get; }

    /// <summary>d, unknowns.</summary>
    int Dimension { get; }

    /// <summary>Where the unknowns that share a scale of the low-precision grid end, rising; the last is <see cref="Dimension"/>.</summary>
    IReadOnlyList<int> Blocks { get; }

    /// <summary>Nats, at w.</summary>
    double Objective(ReadOnlySpan<double> w);

    /// <summary>Of the mean over <paramref name="rows"/>, and the penalty's.</summary>
    /// <param name="w">Length d.</param>
    /// <param name="rows">Samples, each 0…N−1; empty: all.</param>
    /// <param name="gradient">Length d, overwritten.</param>
    void Gradient(ReadOnlySpan<double> w, ReadOnlySpan<int> rows, Span<double> gradient);
}
