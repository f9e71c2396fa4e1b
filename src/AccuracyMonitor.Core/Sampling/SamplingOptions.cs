namespace AccuracyMonitor.Core.Sampling;

/// <summary>How predictions are chosen for labelling. Checked when a <see cref="Sampler"/> is made.</summary>
public sealed record SamplingOptions
{
    public SamplingPolicy Policy { get; init; } = SamplingPolicy.Mixed;

    /// <summary>b: share of the predictions to label, (0,1].</summary>
    public double Budget { get; init; } = 0.01;

    /// <summary>τ: share of the budget spent uniformly, (0,1]. Keeps every inclusion probability away from 0.</summary>
    public double Tau { get; init; } = 0.5;

    /// <summary>Least uncertainty u a prediction counts with, (0,0.5].</summary>
    public double Floor { get; init; } = 0.02;

    /// <summary>Part of the coin's hash: another seed, another draw.</summary>
    public ulong Seed { get; init; }

    /// <summary>Most label requests in any clock hour, whatever the traffic; at least 1.</summary>
    public int MaxRequestsPerHour { get; init; } = 3600;

    /// <exception cref="ArgumentOutOfRangeException">Names the first option out of its range.</exception>
    internal void Check()
    {
        if (!Enum.IsDefined(Policy))
        {
            throw new ArgumentOutOfRangeException(nameof(Policy), Policy, "Policy is none of the sampling policies.");
        }

        RequireWithin(Budget, 1, nameof(Budget));
        RequireWithin(Tau, 1, nameof(Tau));
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
