using System.Runtime.InteropServices;
using AccuracyMonitor.Core.Estimation;

namespace AccuracyMonitor.Core.Sequences;

/// <summary>
/// Asymptotic confidence sequence for the mean accuracy over closed windows (Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas 2024,
/// "Time-uniform central limit theory and asymptotic confidence sequences", one-sided bound of a normal mixture). Input: estimates and
/// standard errors. Output: bounds that hold for all windows simultaneously, as far as each window's estimate is approximately normal. The
/// state is three sums.
/// </summary>
/// <remarks>
/// L_t = R̄_t − √(2(ν_tρ²+1)/(t²ρ²)·ln(1+√(ν_tρ²+1)/(2δ))), ν_t = Σσ̂². ρ² = (−2ln2δ + ln(1−2ln2δ))/ν* makes it tightest at ν*. ν* is a
/// constant: a value tuned to the observed data would lose the guarantee. The two-sided bounds are the two one-sided bounds at α/2 each; α
/// is halved only here.
/// </remarks>
/// <param name="Windows">t, the number of windows.</param>
/// <param name="Sum">Sum of the windows' estimates.</param>
/// <param name="Variance">ν_t, the sum of their squared standard errors.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct AsymptoticSequence(long Windows, double Sum, double Variance)
{
    /// <summary>ν*: 50 windows with a standard error of 0.04, that of 50 uniform labels at 91 % accuracy.</summary>
    internal const double TunedVariance = 50 * 0.04 * 0.04;

    /// <summary>Mean of the windows' estimates; NaN before the first.</summary>
    public double Mean => Sum / Windows;

    /// <param name="estimate">The window's accuracy, [0,1].</param>
    /// <param name="standardError">Not negative, finite.</param>
    public AsymptoticSequence Add(double estimate, double standardError)
    {
        Require.That(estimate is >= 0 and <= 1, estimate, "0 to 1", nameof(estimate));
        Require.That(standardError >= 0 && double.IsFinite(standardError), standardError, "at least 0 and finite", nameof(standardError));
        return new AsymptoticSequence(Windows + 1, Sum + estimate, Variance + (standardError * standardError));
    }

    /// <summary>Both bounds; [0,1] around ½ before the first window.</summary>
    /// <param name="alpha">Probability that either bound is ever wrong, (0,1).</param>
    public Interval Bounds(double alpha) => Windows == 0 ? new Interval(0.5, 0, 1) : new Interval(Mean, Lower(alpha / 2), Upper(alpha / 2));

    /// <summary>The lower bound alone; 0 before the first window.</summary>
    /// <param name="delta">Probability that the bound is ever wrong, (0,0.5).</param>
    public double Lower(double delta) => Windows == 0 ? 0 : Math.Clamp(Mean - Margin(delta), 0, Mean);

    /// <summary>The upper bound alone; 1 before the first window.</summary>
    /// <inheritdoc cref="Lower" path="/param"/>
    public double Upper(double delta) => Windows == 0 ? 1 : Math.Clamp(Mean + Margin(delta), Mean, 1);

    private double Margin(double delta)
    {
        Require.That(delta is > 0 and < 0.5, delta, "above 0 and below 0.5", nameof(delta));
        var log = -2 * Math.Log(2 * delta);
        var rho2 = (log + Math.Log(log + 1)) / TunedVariance;
        var inner = (Variance * rho2) + 1;
        return Math.Sqrt(2 * inner / (rho2 * Windows * Windows) * Math.Log(1 + (Math.Sqrt(inner) / (2 * delta))));
    }
}
