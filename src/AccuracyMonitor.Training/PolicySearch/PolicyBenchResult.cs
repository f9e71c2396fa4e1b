namespace AccuracyMonitor.Training.PolicySearch;

/// <summary>What a bench found.</summary>
public sealed record PolicyBenchResult
{
    /// <summary>Steps of a run at a constant rate.</summary>
    public required int Steps { get; init; }

    /// <summary>Steps of a run by a policy.</summary>
    public required int PolicySteps { get; init; }

    /// <summary>Seeds that every candidate ran on.</summary>
    public required int Seeds { get; init; }

    /// <summary>The range test.</summary>
    public required RangeTest Range { get; init; }

    /// <summary>Candidates, the winner first.</summary>
    public required IReadOnlyList<PolicyScore> Ranked { get; init; }

    /// <summary>The tuned constant: of the constants tried over all T steps the one of the least final held-out loss.</summary>
    public required PolicyScore Constant { get; init; }

    /// <summary>Robustness runs, as far as the time went: policy, factor on its rates, run.</summary>
    public required IReadOnlyList<ScaledRun> Scaled { get; init; }

    /// <summary>The winner beside the tuned constant on fresh seeds, as far as the time went.</summary>
    public required IReadOnlyList<ConfirmedSeed> Confirmed { get; init; }

    /// <summary>What the time did not reach, for a person to read; empty: nothing.</summary>
    public required IReadOnlyList<string> LeftOut { get; init; }

    /// <summary>Wall clock.</summary>
    public required TimeSpan Elapsed { get; init; }

    public PolicyScore Winner => Ranked[0];

    /// <summary>Fresh seeds on which the winner reached the tuned constant's final loss in at most half of the constant's steps.</summary>
    public int HalvedSeeds => Confirmed.Count(c => c.Winner.StepsTo(c.Constant.FinalLoss) <= Steps / 2);

    /// <summary>Fresh seeds on which also the winner's last loss was at most the tuned constant's.</summary>
    public int EndedBelowSeeds => Confirmed.Count(c => c.Winner.FinalLoss <= c.Constant.FinalLoss);
}

/// <param name="Policy">Before the scaling.</param>
/// <param name="Scale">Factor on its rates.</param>
/// <param name="Run">By the scaled policy.</param>
public sealed record ScaledRun(string Policy, double Scale, PolicyRun Run);

/// <param name="Winner">The picked policy's run.</param>
/// <param name="Constant">The tuned constant's, same seed.</param>
public sealed record ConfirmedSeed(PolicyRun Winner, PolicyRun Constant);
