using System.Runtime.InteropServices;

namespace AccuracyMonitor.Core.Agreement;

/// <summary>
/// Cohen's κ = (pₒ − pₑ)/(1 − pₑ) with pₑ = Σ p₁ₖ·p₂ₖ (Cohen 1960, "A coefficient of agreement for nominal scales"). The two raters are here the roles: who
/// answered first, and who gave the second opinion.
/// </summary>
public static class Kappa
{
    /// <returns>In [−1,1]; null where it is not defined: without doubles, or if all answers of both are one class.</returns>
    public static double? Of(IReadOnlyCollection<DoubleLabel> doubles)
    {
        ArgumentNullException.ThrowIfNull(doubles);
        var (first, second) = (new Dictionary<int, long>(), new Dictionary<int, long>());
        long agreed = 0;
        foreach (var each in doubles)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(first, each.First.Class, out _)++;
            CollectionsMarshal.GetValueRefOrAddDefault(second, each.Second.Class, out _)++;
            agreed += each.Agrees ? 1 : 0;
        }

        double n = doubles.Count;
        var byChance = first.Sum(f => f.Value * (double)second.GetValueOrDefault(f.Key)) / (n * n);
        return byChance < 1 ? ((agreed / n) - byChance) / (1 - byChance) : null;
    }
}
