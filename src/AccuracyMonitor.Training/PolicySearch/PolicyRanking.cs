namespace AccuracyMonitor.Training.PolicySearch;

/// <summary>Ranks candidates by utility, then cost, then robustness. Utility is the held-out loss at the end: the best one seen on the
/// way favours noisy runs (measured: it then picks a large constant, which ends badly).</summary>
internal static class PolicyRanking
{
    /// <param name="candidates">Runs per candidate, the same seeds in the same order.</param>
    /// <param name="constant">The tuned constant's, same seeds.</param>
    /// <param name="spreads">Robustness by policy text, as far as measured.</param>
    /// <returns>Best first.</returns>
    public static IReadOnlyList<PolicyScore> Rank(
        IReadOnlyList<IReadOnlyList<PolicyRun>> candidates, IReadOnlyList<PolicyRun> constant, IReadOnlyDictionary<string, double> spreads)
    {
        var best = candidates.MinBy(c => c.Average(r => r.FinalLoss))!;
        return [.. candidates.Select(c => Score(c, best, constant, spreads))
            .OrderBy(s => !s.AsGood)
            .ThenBy(s => s.AsGood ? s.StepsToTarget : s.FinalLoss)
            .ThenBy(s => s.RateSpread ?? double.PositiveInfinity)
            .ThenBy(s => s.FinalLoss)];
    }

    private static PolicyScore Score(
        IReadOnlyList<PolicyRun> runs, IReadOnlyList<PolicyRun> best, IReadOnlyList<PolicyRun> constant, IReadOnlyDictionary<string, double> spreads)
    {
        var worse = runs.Zip(best, (r, b) => r.FinalLoss - b.FinalLoss).ToArray();
        var steps = runs[0].Curve[^1].Step;
        return new PolicyScore(
            runs[0].Policy,
            runs,
            runs.Zip(constant, (r, c) => r.StepsTo(c.FinalLoss) ?? steps).Average(),
            runs.Zip(constant, (r, c) => r.StepsTo(c.FinalLoss) is null ? 0.0 : 1).Average(),
            runs.Zip(constant, (r, c) => r.StepsToStay(c.FinalLoss) ?? steps).Average(),
            worse.Average() <= ConfidenceSpread.StandardDeviation(worse),
            spreads.TryGetValue(runs[0].Policy, out var spread) ? spread : null);
    }
}
