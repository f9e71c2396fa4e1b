namespace AccuracyMonitor.Training.BitCentering;

/// <summary>Solver, and how it represents the weights.</summary>
public enum SolverKind
{
    /// <summary>Stochastic gradient descent in full precision.</summary>
    Sgd,

    /// <summary>SGD whose weights are rounded to a fixed grid after each step.</summary>
    LpSgd,

    /// <summary>Variance-reduced SGD in full precision (Johnson and Zhang 2013).</summary>
    Svrg,

    /// <summary>SVRG on a fixed grid.</summary>
    LpSvrg,

    /// <summary>SVRG whose change since the last full gradient is on a grid that shrinks with that gradient: bit centering (De Sa et al., arXiv
    /// 1803.03383).</summary>
    Halp,
}

/// <summary>How a solver runs. The defaults were chosen by measurement: see docs/measurements/bit-centering.md.</summary>
internal sealed record SolverOptions
{
    /// <summary>Seed of the samples and of the rounding.</summary>
    public ulong Seed { get; init; }

    /// <summary>Outer epochs, each with one full gradient, 1…10,000.</summary>
    public int Epochs { get; init; } = 30;

    /// <summary>Steps between two full gradients as a multiple of N / batch, above 0 to 100.</summary>
    public double InnerPasses { get; init; } = 2;

    /// <summary>Samples per step, 1…10,000.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>Learning rate, positive.</summary>
    public required double Rate { get; init; }

    /// <summary>b, 2…16.</summary>
    public int Bits { get; init; } = 8;

    /// <summary>Largest value of the fixed grid of the LP solvers, positive.</summary>
    public double FixedReach { get; init; } = 1;

    /// <summary>HALP's μ, positive; null: adapted during the run, see <see cref="AutoMu"/>.</summary>
    public double? Mu { get; init; }

    /// <summary>Stops when the gradient's norm has fallen to this fraction of the first one, 0…1.</summary>
    public double Enough { get; init; }

    public void Check()
    {
        OptionRange.Check(nameof(Epochs), Epochs, 1, 10_000);
        OptionRange.Check(nameof(InnerPasses), InnerPasses, 1e-3, 100);
        OptionRange.Check(nameof(Batch), Batch, 1, 10_000);
        OptionRange.Check(nameof(Rate), Rate, double.Epsilon, 1e6);
        OptionRange.Check(nameof(Bits), Bits, 2, 16);
        OptionRange.Check(nameof(FixedReach), FixedReach, double.Epsilon, 1e9);
        OptionRange.Check(nameof(Enough), Enough, 0, 1);
        OptionRange.Check(nameof(Mu), Mu ?? 1, 1e-9, 1e9);
    }
}
