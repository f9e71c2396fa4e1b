namespace AccuracyMonitor.Training.PolicySearch;

/// <summary>How policies are compared. The monitor's own options decide network, batches and optimiser.</summary>
public sealed record PolicyBenchOptions
{
    /// <summary>What is trained; its rate, policy, epochs and patience are not used. Its seed is the first of the bench.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <summary>T: steps of the constants' runs, 100…1,000,000; null: the most that the trainer takes, its epochs times its steps per epoch.</summary>
    public int? Steps { get; init; }

    /// <summary>Length of the policies' runs as a fraction of T, 0.05…1. A policy is expected to reach in half the steps what the constant
    /// reaches; in a longer run, small rates at the end only fit noise.</summary>
    public double Share { get; init; } = 0.5;

    /// <summary>Largest rate of each policy, as shares of the range test's rate, out of which each policy gets its best.</summary>
    public IReadOnlyList<double> PeakFactors { get; init; } = [0.5, 0.2];

    /// <summary>Runs of each candidate, each with its own split, first weights and order, 1…100.</summary>
    public int Seeds { get; init; } = 3;

    /// <summary>Fresh seeds on which the winner is compared with the tuned constant, 0…100.</summary>
    public int ConfirmSeeds { get; init; } = 5;

    /// <summary>Steps between two evaluations of the held-out loss, 1…10,000; null: a twentieth of T. An evaluation costs as much as twenty
    /// steps.</summary>
    public int? LookEvery { get; init; }

    /// <summary>Steps of each run of the range test, 10…100,000.</summary>
    public int RangeSteps { get; init; } = 200;

    /// <summary>Factors on all rates of a policy in its robustness runs, each 0.001…1,000.</summary>
    public IReadOnlyList<double> RateScales { get; init; } = [0.1, 0.5, 5, 10];

    /// <summary>Wall-clock budget, 1 s to 1 day. No further seed, confirmation or robustness run is started that would exceed it, judged by
    /// the duration of the last one. The result lists what was omitted.</summary>
    public TimeSpan Budget { get; init; } = TimeSpan.FromSeconds(110);

    /// <summary>Parallel runs, 1…256. The number does not affect results.</summary>
    public int Workers { get; init; } = Math.Clamp(Environment.ProcessorCount, 1, 256);

    /// <exception cref="ArgumentOutOfRangeException">The first option out of its range.</exception>
    internal void Check()
    {
        Training.Check();
        OptionRange.Check(nameof(Steps), Steps ?? 100, 100, 1_000_000);
        OptionRange.Check(nameof(Share), Share, 0.05, 1);
        OptionRange.Check($"Number of {nameof(PeakFactors)}", PeakFactors.Count, 1, 20);
        foreach (var factor in PeakFactors)
        {
            OptionRange.Check(nameof(PeakFactors), factor, 1e-3, 10);
        }

        OptionRange.Check(nameof(Seeds), Seeds, 1, 100);
        OptionRange.Check(nameof(ConfirmSeeds), ConfirmSeeds, 0, 100);
        OptionRange.Check(nameof(LookEvery), LookEvery ?? 1, 1, 10_000);
        OptionRange.Check(nameof(RangeSteps), RangeSteps, 10, 100_000);
        OptionRange.Check(nameof(Budget), Budget.TotalSeconds, 1, 86_400);
        OptionRange.Check(nameof(Workers), Workers, 1, 256);
        foreach (var scale in RateScales)
        {
            OptionRange.Check(nameof(RateScales), scale, 1e-3, 1e3);
        }
    }
}
