namespace AccuracyMonitor.Training.Stress;

/// <summary>How a swarm searches. The defaults were chosen by measurement: see docs/measurements/stress.md.</summary>
public sealed record SwarmOptions
{
    /// <summary>Particles, 2…10,000; each makes one query per step. Default 40.</summary>
    public int Particles { get; init; } = 40;

    /// <summary>Steps after the first draw, 0…10,000. Default 20: with 40 particles 840 queries.</summary>
    public int Iterations { get; init; } = 20;

    /// <summary>w: share of its velocity that a particle keeps, 0…1. Default 0.6.</summary>
    public double Inertia { get; init; } = 0.6;

    /// <summary>c₁: pull towards the particle's own best, 0…4. Default 2.</summary>
    public double OwnPull { get; init; } = 2;

    /// <summary>c₂: pull towards the swarm's best, 0…4. Default 2.</summary>
    public double SwarmPull { get; init; } = 2;

    /// <summary>Largest velocity per step as a share of the box's width, (0, 1]. Default 0.25.</summary>
    public double MostVelocity { get; init; } = 0.25;

    /// <summary>Queries at most.</summary>
    public int Budget => Particles * (Iterations + 1);

    /// <exception cref="ArgumentOutOfRangeException">The first option out of its range.</exception>
    internal void Check()
    {
        OptionRange.Check(nameof(Particles), Particles, 2, 10_000);
        OptionRange.Check(nameof(Iterations), Iterations, 0, 10_000);
        OptionRange.Check(nameof(Inertia), Inertia, 0, 1);
        OptionRange.Check(nameof(OwnPull), OwnPull, 0, 4);
        OptionRange.Check(nameof(SwarmPull), SwarmPull, 0, 4);
        OptionRange.Check(nameof(MostVelocity), MostVelocity, double.Epsilon, 1);
    }
}
