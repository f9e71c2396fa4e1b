using System.Numerics.Tensors;

namespace AccuracyMonitor.Core.Recalibration;

/// <summary>
/// The one-dimensional calibrated maximum softmax: logit(g) = Scale·logit(max p) + Shift (Platt scaling of the confidence's logit). It is
/// the baseline for every monitor network and the score where there is no network.
/// </summary>
public sealed record ScoreCalibration(double Scale, double Shift)
{
    // Prior standard deviations: wide enough that a few dozen labels dominate, and finite, so that a reference set without an error or
    // without a correct answer still has a solution.
    private const double ScaleDeviation = 2;
    private const double ShiftDeviation = 5;
    private const double LeastProbability = 1e-7;

    /// <summary>The deployed model's own confidence, unchanged.</summary>
    public static ScoreCalibration Identity { get; } = new(1, 0);

    /// <summary>Fits both parameters to a reference set by logistic regression with priors at <see cref="Identity"/>. Without rows the
    /// result is <see cref="Identity"/>.</summary>
    /// <exception cref="ArgumentException">The lengths of the set's arrays do not match.</exception>
    public static ScoreCalibration Fit(ReferenceSet reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        var n = reference.Count;
        if (reference.ClassCount < 2 || reference.Probabilities.Length != (long)n * reference.ClassCount)
        {
            throw new ArgumentException(
                $"{reference.Probabilities.Length} probabilities for {n} labels and {reference.ClassCount} classes.", nameof(reference));
        }

        if (n == 0)
        {
            return Identity;
        }

        var (z, logits, outcomes, weights) = (new double[2 * n], new double[n], new bool[n], new double[n]);
        for (var i = 0; i < n; i++)
        {
            var row = reference.Row(i);
            logits[i] = ConfidenceLogit(row);
            z[2 * i] = ScaleDeviation * logits[i];
            z[(2 * i) + 1] = ShiftDeviation;
            outcomes[i] = TensorPrimitives.IndexOfMax(row) == reference.Labels[i];
            weights[i] = 1;
        }

        var theta = RidgeLogistic.InParameters(z, 2, new RidgeLogistic.Data(logits, outcomes, weights));
        return new ScoreCalibration(1 + (ScaleDeviation * theta[0]), ShiftDeviation * theta[1]);
    }

    /// <summary>log(max p) − log(sum of the other probabilities), clamped to ±16.1. It is precise even where float32 rounds max p to
    /// 1.</summary>
    public static double ConfidenceLogit(ReadOnlySpan<float> probabilities)
    {
        var top = TensorPrimitives.IndexOfMax(probabilities);
        double rest = 0;
        for (var k = 0; k < probabilities.Length; k++)
        {
            rest += k == top ? 0 : probabilities[k];
        }

        return Math.Log(Math.Max(probabilities[top], LeastProbability)) - Math.Log(Math.Max(rest, LeastProbability));
    }

    /// <summary>Logit of the correctness score of a softmax vector.</summary>
    public double Logit(ReadOnlySpan<float> probabilities) => (Scale * ConfidenceLogit(probabilities)) + Shift;
}
