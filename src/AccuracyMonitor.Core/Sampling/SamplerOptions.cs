namespace AccuracyMonitor.Core.Sampling;

/// <summary>How predictions are chosen for labelling. The constructor of <see cref="Sampler"/> checks these options.</summary>
public sealed record SamplerOptions
{
    public SamplingPolicy Policy { get; init; } = SamplingPolicy.Mixed;

    /// <summary>Label budget b: the fraction of predictions to label, (0,1].</summary>
    public double Budget { get; init; } = 0.01;

    /// <summary>Uniform share (τ) of the budget, (0,1]. It keeps every inclusion probability above 0.</summary>
    public double UniformShare { get; init; } = 0.5;

    /// <summary>Lower bound on the uncertainty u of a prediction, (0,0.5].</summary>
    public double Floor { get; init; } = 0.02;

    /// <summary>Key of the hash behind each draw. Another key gives another sample. The default is known to everybody.</summary>
    public CoinKey Coin { get; init; } = CoinKey.FromSeed(0);

    /// <summary>Maximum number of label requests in any clock hour; at least 1.</summary>
    public int MaxRequestsPerHour { get; init; } = 3600;

    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range; the message names the first one.</exception>
    internal void Check()
    {
        if (!Enum.IsDefined(Policy))
        {
            throw new ArgumentOutOfRangeException(nameof(Policy), Policy, "Policy is none of the sampling policies.");
        }

        ArgumentNullException.ThrowIfNull(Coin);
        RequireWithin(Budget, 1, nameof(Budget));
        RequireWithin(UniformShare, 1, nameof(UniformShare));
        RequireWithin(Floor, 0.5, nameof(Floor));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRequestsPerHour, 1);
    }

    private static void RequireWithin(double value, double upper, string name)
    {
        if (!(value > 0 && value <= upper))
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be above 0 and at most {upper}.");
        }
    }
}
