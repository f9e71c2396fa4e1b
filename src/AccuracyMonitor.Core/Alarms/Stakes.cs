namespace AccuracyMonitor.Core.Alarms;

/// <summary>
/// Stakes for an e-process whose bets begin at different times: a new set begins every <see cref="LabelsPerStart"/> labels, the s-th with
/// stake γ_s, Σγ_s = 1. A change that comes after many labels then costs log(1/γ_s) nats, instead of all the evidence lost before it.
/// </summary>
internal static class Stakes
{
    // Fewer starts have larger stakes: after 300 labels the cost is 5 nats instead of 10. A set then begins at most 24 labels before the
    // change, which costs less than one nat.
    private const int LabelsPerStart = 25;

    // Σ over n ≥ 2 of 1/(n·ln²n).
    private const double Sum = 2.10975;

    /// <summary>γ_s if new bets begin at the label after <paramref name="labels"/> labels, otherwise 0.</summary>
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
