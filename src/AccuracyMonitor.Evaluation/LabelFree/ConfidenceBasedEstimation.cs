using System.Numerics.Tensors;

namespace AccuracyMonitor.Evaluation.LabelFree;

/// <summary>
/// <c>cbpe</c>: confidence-based performance estimation of accuracy (NannyML, "Estimation of performance of the monitored model"; Białek,
/// Kuberski, Perrakis and Bifet 2024, "Estimating model performance under covariate shift without labels"): each class's
/// probability calibrated against the rest where that helps (<see cref="ClassCalibration"/>), rows brought back to sum 1 (uniform where
/// they sum to 0), then the mean calibrated probability of the predicted class.
/// </summary>
/// <remarks>
/// The predicted class stays the one of the row as it came: it is what the deployed model answered. NannyML's band of three reference
/// standard deviations is not given: it holds the noise of sampling only, and says nothing of a calibration that no longer fits.
/// </remarks>
internal sealed class ConfidenceBasedEstimation : LabelFreeEstimator
{
    private readonly IsotonicFit?[] _classes;

    public ConfidenceBasedEstimation(LabelledReference reference)
        : base(reference.ClassCount)
    {
        _classes = new IsotonicFit?[reference.ClassCount];
        var (scores, hits) = (new double[reference.Count], new bool[reference.Count]);
        for (var k = 0; k < _classes.Length; k++)
        {
            for (var i = 0; i < scores.Length; i++)
            {
                scores[i] = reference.Set.Row(i)[k];
                hits[i] = reference.Set.Labels[i] == k;
            }

            _classes[k] = ClassCalibration.Fit(scores, hits);
        }
    }

    protected override double? OfRows(SoftmaxOutputs window)
    {
        var sum = 0.0;
        for (var i = 0; i < window.Count; i++)
        {
            var row = window.Row(i);
            var (total, predicted, top) = (0.0, 0.0, TensorPrimitives.IndexOfMax(row));
            for (var k = 0; k < row.Length; k++)
            {
                var calibrated = _classes[k]?.At(row[k]) ?? row[k];
                total += calibrated;
                predicted = k == top ? calibrated : predicted;
            }

            sum += total > 0 ? predicted / total : 1.0 / row.Length;
        }

        return sum / window.Count;
    }
}
