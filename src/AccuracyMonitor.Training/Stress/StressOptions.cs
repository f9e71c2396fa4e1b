namespace AccuracyMonitor.Training.Stress;

/// <summary>Which images are attacked, and how hard. The defaults were chosen by measurement: see docs/measurements/stress.md.</summary>
public sealed record StressOptions
{
    /// <summary>Seed of the images, the randomly chosen pixels and the swarms.</summary>
    public ulong Seed { get; init; }

    /// <summary>Images attacked for the report, 10…100,000. Default 200.</summary>
    public int Images { get; init; } = 200;

    /// <summary>Other images attacked for hardening and training, 0…100,000. Default 0: neither is asked for.</summary>
    public int TrainImages { get; init; }

    /// <summary>m: pixels that a swarm may change, 1…q. Default 40.</summary>
    public int Pixels { get; init; } = 40;

    /// <summary>Largest change of a pixel by a swarm, in pixel values, (0, 1]. Default 0.2.</summary>
    public double Box { get; init; } = 0.2;

    /// <summary>Images are attacked whose influence (1−P)/P is at least this, and chosen pixels have at least this much, 0…1. Default 0.01: P at most
    /// 0.990.</summary>
    public double LeastInfluence { get; init; } = 0.01;

    /// <summary>Pixels whose √(Σ_k P_k·g_k²) is not above this share of the image's largest count as without influence, 0…1. Default 0.35.</summary>
    public double LeastLength { get; init; } = 0.35;

    /// <summary>Goal of each attack.</summary>
    public AttackGoal Goal { get; init; } = new();

    /// <summary>How the swarm searches.</summary>
    public SwarmOptions Swarm { get; init; } = new();

    /// <summary>Largest change of a pixel by FGSM and PGD, in grey levels of 0…255, 1…255. Default 8.</summary>
    public int Radius { get; init; } = 8;

    /// <summary>Steps of PGD, 1…1000. Default 10.</summary>
    public int PgdSteps { get; init; } = 10;

    /// <exception cref="ArgumentException">The first option out of its range.</exception>
    internal void Check(IImageClassifier classifier)
    {
        OptionRange.Check(nameof(Images), Images, 10, 100_000);
        OptionRange.Check(nameof(TrainImages), TrainImages, 0, 100_000);
        OptionRange.Check(nameof(Pixels), Pixels, 1, classifier.PixelCount);
        OptionRange.Check(nameof(Box), Box, double.Epsilon, 1);
        OptionRange.Check(nameof(LeastInfluence), LeastInfluence, 0, 1);
        OptionRange.Check(nameof(LeastLength), LeastLength, 0, 1);
        OptionRange.Check(nameof(Radius), Radius, 1, 255);
        OptionRange.Check(nameof(PgdSteps), PgdSteps, 1, 1000);
        Goal.Check(classifier.ClassCount);
        Swarm.Check();
    }
}
