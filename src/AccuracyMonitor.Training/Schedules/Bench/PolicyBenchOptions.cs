namespace AccuracyMonitor.Training.Schedules.Bench;

/// <summary>How policies are compared. The monitor's own options decide network, batches and optimiser.</summary>
public sealed record PolicyBenchOptions
{
    /// <summary>What is trained; its rate, policy, epochs and patience are not used. Its seed is the first of the bench.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <summary>T: steps of every run, 100…1,000,000.</summary>
    public int Steps { get; init; } = 1500;

    /// <summary>Runs of each candidate, each with its own split, first weights and order, 1…100.</summary>
    public int Seeds { get; init; } = 3;

    /// <summary>Fresh seeds on which the winner is compared with the tuned constant, 0…100.</summary>
    public int ConfirmSeeds { get; init; } = 5;

    /// <summary>Steps between two looks at the held-out loss, 1…10,000.</summary>
    public int LookEvery { get; init; } = 50;

    /// <summary>Steps of each run of the range test, 10…100,000.</summary>
    public int RangeSteps { get; init; } = 200;

    /// <summary>Factors of the robustness runs.</summary>
    public IReadOnlyList<double> RateScales { get; init; } = [0.1, 0.5, 5, 10];

    /// <summary>Wall-clock time after which no further seed, robustness run or confirmation is begun; 1 s to 1 day. What was left out is said.</summary>
    public TimeSpan Budget { get; init; } = TimeSpan.FromSeconds(110);

    /// <summary>Runs side by side, 1…256. More than one changes no number.</summary>
    public int Workers { get; init; } = Math.Clamp(Environment.ProcessorCount, 1, 256);

    /// <exception cref="ArgumentOutOfRangeException">The first option out of its range.</exception>
    internal void Check()
    {
        Training.Check();
        OptionRange.Check(nameof(Steps), Steps, 100, 1_000_000);
        OptionRange.Check(nameof(Seeds), Seeds, 1, 100);
        OptionRange.Check(nameof(ConfirmSeeds), ConfirmSeeds, 0, 100);
        OptionRange.Check(nameof(LookEvery), LookEvery, 1, 10_000);
        OptionRange.Check(nameof(RangeSteps), RangeSteps, 10, 100_000);
        OptionRange.Check(nameof(Budget), Budget.TotalSeconds, 1, 86_400);
        OptionRange.Check(nameof(Workers), Workers, 1, 256);
        foreach (var scale in RateScales)
        {
            OptionRange.Check(nameof(RateScales), scale, 1e-3, 1e3);
        }
    }
}
