namespace AccuracyMonitor.Core.Alarms;

/// <summary>
/// What bets that begin late are worth, for an e-process: begun every <see cref="LabelsPerStart"/> labels, the s-th time with a stake γ_s, Σγ_s = 1.
/// A change late in a long life is then paid for with log(1/γ_s) nats and not with everything lost before it.
/// </summary>
internal static class Stakes
{
    // Rarer starts have larger stakes: after 300 labels 5 nats to make up and not 10, for a start at most 24 labels too early, which costs less
    // than one.
    private const int LabelsPerStart = 25;

    // Σ over n ≥ 2 of 1/(n·ln²n).
    private const double Sum = 2.10975;

    /// <summary>γ_s where the label after <paramref name="labels"/> begins new bets, else 0.</summary>
    public static double After(long labels)
    {
        if (labels % LabelsPerStart != 0)
        {
            return 0;
        }

        var n = (labels / LabelsPerStart) + 2.0;
        return 1 / (Sum * n * Math.Log(n) * Math.Log(n));
    }
}
