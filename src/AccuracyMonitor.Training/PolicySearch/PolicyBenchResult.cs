namespace AccuracyMonitor.Training.PolicySearch;

/// <summary>What a bench found.</summary>
/// <param name="Steps">T, of the constants' runs.</param>
/// <param name="PolicySteps">Of the policies' runs.</param>
/// <param name="Seeds">Seeds that every candidate ran on.</param>
/// <param name="Range">The range test.</param>
/// <param name="Ranked">Candidates, the winner first.</param>
/// <param name="Constant">The tuned constant: of the constants tried over all T steps the one of the least final held-out loss.</param>
/// <param name="Scaled">Robustness runs, as far as the time went: policy, factor on its rates, run.</param>
/// <param name="Confirmed">The winner beside the tuned constant on fresh seeds, as far as the time went.</param>
/// <param name="LeftOut">What the time did not reach, for a person to read; empty: nothing.</param>
/// <param name="Elapsed">Wall clock.</param>
public sealed record PolicyBenchResult(
    int Steps, int PolicySteps, int Seeds, RangeTest Range, IReadOnlyList<PolicyScore> Ranked, PolicyScore Constant, IReadOnlyList<ScaledRun> Scaled,
    IReadOnlyList<ConfirmedSeed> Confirmed, IReadOnlyList<string> LeftOut, TimeSpan Elapsed)
{
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
