using System.Runtime.InteropServices;
using AccuracyMonitor.Core;
using AccuracyMonitor.Scoring;

namespace AccuracyMonitor.Training.Networks;

/// <summary>
/// The affine map of the members' logits, z′ = Scale·z + Shift, that makes the mean score equal the accuracy of a held-out set and, among such maps,
/// minimises its logistic loss (Platt scaling with a fixed mean).
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LogitCalibration(double Scale, double Shift)
{
    /// <summary>Prior standard deviation of the scale's logarithm around 0: a few hundred held-out samples determine the scale poorly.</summary>
    private const double PriorDeviation = 0.1;
    private const double SmallestScale = 0.1;
    private const double LargestScale = 4;

    public static LogitCalibration Identity { get; } = new(1, 0);

    /// <summary>The calibration in a monitor's metadata.</summary>
    public static LogitCalibration Of(MonitorMetadata shape) => new(shape.CalibrationScale, shape.CalibrationShift);

    /// <param name="memberLogits">Row-major n×T.</param>
    /// <param name="correct">0 or 1; length n.</param>
    /// <param name="weights">Of each sample; length n.</param>
    /// <param name="members">T.</param>
    public static LogitCalibration Fit(ReadOnlySpan<float> memberLogits, ReadOnlySpan<float> correct, ReadOnlySpan<float> weights, int members)
    {
        // If all are right or all are wrong, no finite shift fits: count half a sample of the other outcome, as for a proportion with a Jeffreys prior.
        var (right, total) = (0.5, 1.0);
        for (var i = 0; i < correct.Length; i++)
        {
            right += weights[i] * correct[i];
            total += weights[i];
        }

        var target = right / total;

        // Golden section over log scale: the loss has one minimum along it.
        var ratio = (Math.Sqrt(5) - 1) / 2;
        var (low, high) = (Math.Log(SmallestScale), Math.Log(LargestScale));
        var shift = 0.0;
        double Loss(double logScale, ReadOnlySpan<float> z, ReadOnlySpan<float> y, ReadOnlySpan<float> w) =>
            MeanLoss(new LogitCalibration(Math.Exp(logScale), shift = ShiftFor(Math.Exp(logScale), shift, target, z, w, members)), z, y, w, members)
            + (logScale * logScale / (2 * PriorDeviation * PriorDeviation * y.Length));

        var (a, b) = (high - (ratio * (high - low)), low + (ratio * (high - low)));
        var (lossA, lossB) = (Loss(a, memberLogits, correct, weights), Loss(b, memberLogits, correct, weights));
        while (high - low > 1e-3)
        {
            if (lossA < lossB)
            {
                (high, b, lossB) = (b, a, lossA);
                a = high - (ratio * (high - low));
                lossA = Loss(a, memberLogits, correct, weights);
            }
            else
            {
                (low, a, lossA) = (a, b, lossB);
                b = low + (ratio * (high - low));
                lossB = Loss(b, memberLogits, correct, weights);
            }
        }

        var scale = Math.Exp((low + high) / 2);
        return new LogitCalibration(scale, ShiftFor(scale, shift, target, memberLogits, weights, members));
    }

    /// <summary>Logit of the mean calibrated score of one sample.</summary>
    public double Logit(ReadOnlySpan<float> memberLogits)
    {
        Span<double> z = stackalloc double[memberLogits.Length];
        for (var t = 0; t < z.Length; t++)
        {
            z[t] = (Scale * memberLogits[t]) + Shift;
        }

        return EnsembleMath.Logit(z);
    }

    /// <summary>As <see cref="Logit"/>, of every sample.</summary>
    /// <param name="memberLogits">Row-major n×T.</param>
    /// <param name="members">T.</param>
    public double[] Logits(ReadOnlySpan<float> memberLogits, int members)
    {
        var logits = new double[memberLogits.Length / members];
        for (var i = 0; i < logits.Length; i++)
        {
            logits[i] = Logit(memberLogits.Slice(i * members, members));
        }

        return logits;
    }

    public static double MeanLoss(
        LogitCalibration calibration, ReadOnlySpan<float> memberLogits, ReadOnlySpan<float> correct, ReadOnlySpan<float> weights, int members)
    {
        var (loss, total) = (0.0, 0.0);
        for (var i = 0; i < correct.Length; i++)
        {
            var logit = calibration.Logit(memberLogits.Slice(i * members, members));
            loss += weights[i] * Logistic.SoftPlus(correct[i] > 0 ? -logit : logit);
            total += weights[i];
        }

        return loss / total;
    }

    // The mean score rises with the shift: Newton, kept inside a bracket.
    private static double ShiftFor(double scale, double start, double target, ReadOnlySpan<float> memberLogits, ReadOnlySpan<float> weights, int members)
    {
        var (low, high, shift) = (-100.0, 100.0, start);
        for (var iteration = 0; iteration < 60; iteration++)
        {
            var (mean, slope, total) = (0.0, 0.0, 0.0);
            for (var i = 0; i < weights.Length; i++)
            {
                foreach (var z in memberLogits.Slice(i * members, members))
                {
                    var s = Logistic.Sigmoid((scale * z) + shift);
                    mean += weights[i] * s;
                    slope += weights[i] * s * (1 - s);
                }

                total += weights[i] * members;
            }

            var excess = (mean / total) - target;
            if (Math.Abs(excess) < 1e-9)
            {
                break;
            }

            (low, high) = excess > 0 ? (low, shift) : (shift, high);
            var next = shift - (excess * total / Math.Max(slope, 1e-300));
            shift = next > low && next < high ? next : (low + high) / 2;
        }

        return shift;
    }
}
