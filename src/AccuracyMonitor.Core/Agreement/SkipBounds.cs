using System.Runtime.InteropServices;
using AccuracyMonitor.Core.Estimation;

namespace AccuracyMonitor.Core.Agreement;

/// <summary>
/// What an estimate would be if the model had been wrong, or right, about every prediction that annotators skipped: skips are not missing at random.
/// </summary>
/// <param name="Share">Of the answered and skipped predictions, those that were skipped, weighted by 1/π, [0,1].</param>
/// <param name="Worst">Lower bound with all skipped ones wrong.</param>
/// <param name="Best">Upper bound with all skipped ones right.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SkipBounds(double Share, double Worst, double Best)
{
    /// <summary>Above this share the bounds are worth telling.</summary>
    public const double MaterialShare = 0.02;

    public bool IsMaterial => Share > MaterialShare;

    /// <param name="estimate">From the answered ones.</param>
    /// <param name="answered">Σ1/π of the answered ones; with <paramref name="skipped"/> more than 0.</param>
    /// <param name="skipped">Σ1/π of the skipped ones, not negative.</param>
    public static SkipBounds Of(Interval estimate, double answered, double skipped)
    {
        Require.That(answered >= 0, answered, "at least 0");
        Require.That(skipped >= 0, skipped, "at least 0");
        Require.That(answered + skipped > 0, answered + skipped, "above 0", nameof(answered));
        var share = skipped / (answered + skipped);
        return new SkipBounds(share, estimate.Lower * (1 - share), (estimate.Upper * (1 - share)) + share);
    }
}
