namespace AccuracyMonitor.Core.Estimation;

/// <summary>
/// Interval for the difference of two accuracies estimated from different predictions, such as those of a canary and its baseline. The two
/// intervals are combined by square-and-add (Newcombe 1998, "Interval estimation for the difference between independent proportions",
/// method 10; MOVER: Zou and Donner 2008), which keeps their behaviour for small counts and for accuracies near 1.
/// </summary>
public static class AccuracyDifference
{
    /// <summary>θ₁ − θ₂ with L = d − √((θ₁−l₁)² + (u₂−θ₂)²) and U = d + √((u₁−θ₁)² + (θ₂−l₂)²), at the level of the two
    /// intervals.</summary>
    /// <param name="candidate">θ₁ with bounds, [0,1].</param>
    /// <param name="baseline">θ₂ with bounds at the same level, [0,1].</param>
    /// <returns>[−1,1]: positive where the candidate is better.</returns>
    public static Interval Between(Interval candidate, Interval baseline)
    {
        Check(candidate, nameof(candidate));
        Check(baseline, nameof(baseline));
        var difference = candidate.Value - baseline.Value;
        var down = double.Hypot(candidate.Value - candidate.Lower, baseline.Upper - baseline.Value);
        var up = double.Hypot(candidate.Upper - candidate.Value, baseline.Value - baseline.Lower);
        return new Interval(difference, Math.Max(-1, difference - down), Math.Min(1, difference + up));
    }

    private static void Check(Interval interval, string name)
    {
        if (!(interval.Lower >= 0 && interval.Lower <= interval.Value && interval.Value <= interval.Upper && interval.Upper <= 1))
        {
            throw new ArgumentOutOfRangeException(name, interval, $"{name} must have 0 ≤ lower ≤ value ≤ upper ≤ 1.");
        }
    }
}
