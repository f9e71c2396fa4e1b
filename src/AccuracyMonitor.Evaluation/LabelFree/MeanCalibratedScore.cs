using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Recalibration;

namespace AccuracyMonitor.Evaluation.LabelFree;

/// <summary>
/// <c>calibrated-score</c>: the mean of <see cref="ScoreCalibration"/>'s correctness score (Platt 1999, "Probabilistic outputs for support
/// vector machines", on the confidence's logit), what the monitor says where it has no network.
/// </summary>
internal sealed class MeanCalibratedScore(LabelledReference reference) : LabelFreeEstimator(reference.ClassCount)
{
    private readonly ScoreCalibration _calibration = ScoreCalibration.Fit(reference.Set);

    protected override double? OfRows(SoftmaxOutputs window)
    {
        var sum = 0.0;
        for (var i = 0; i < window.Count; i++)
        {
            sum += Logistic.Sigmoid(_calibration.Logit(window.Row(i)));
        }

        return sum / window.Count;
    }
}
