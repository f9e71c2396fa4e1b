using AccuracyMonitor.Core.Estimation;

namespace AccuracyMonitor.Sidecar.Models;

/// <summary>Accuracy since a version's first label, with anytime bounds.</summary>
/// <param name="Sequence">beta_binomial or asymptotic.</param>
/// <param name="Bounds">Two-sided at 1 − Estimation:Alpha.</param>
internal sealed record RunningEstimate(string Sequence, Interval Bounds)
{
    /// <summary>The lower bound for who needs only that side; asymptotic only.</summary>
    public double? LowerAlone { get; init; }

    public double? UpperAlone { get; init; }

    /// <summary>Labels of the uniform sample; beta-binomial only.</summary>
    public long Labels { get; init; }

    /// <summary>Closed windows; asymptotic only.</summary>
    public long Windows { get; init; }
}
