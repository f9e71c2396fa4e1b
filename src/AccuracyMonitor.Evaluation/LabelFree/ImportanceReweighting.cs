using System.Numerics.Tensors;

namespace AccuracyMonitor.Evaluation.LabelFree;

/// <summary>
/// <c>im</c>: the reference set's accuracy with its rows weighted by the density ratio of the confidence, in ten equal bins of [0,1] (Chen,
/// Goel, Sohoni, Poms, Fatahalian and Ré 2021, "Mandoline"; as compared with in Garg et al. 2022, "Leveraging unlabeled data to
/// predict out-of-distribution performance", appendix).
/// </summary>
/// <remarks>A bin without reference rows has no weight to give: its share of the window is left out, and the rest counts for the
/// whole.</remarks>
internal sealed class ImportanceReweighting : LabelFreeEstimator
{
    private const int Bins = 10;
    private readonly int[] _rows = new int[Bins];
    private readonly int[] _right = new int[Bins];

    public ImportanceReweighting(LabelledReference reference)
        : base(reference.ClassCount)
    {
        for (var i = 0; i < reference.Count; i++)
        {
            var bin = BinOf(reference.Confidence[i]);
            _rows[bin]++;
            _right[bin] += reference.Correct[i] ? 1 : 0;
        }
    }

    protected override double? OfRows(SoftmaxOutputs window)
    {
        var (right, weight) = (0.0, 0);
        for (var i = 0; i < window.Count; i++)
        {
            var bin = BinOf(TensorPrimitives.Max(window.Row(i)));
            if (_rows[bin] > 0)
            {
                right += (double)_right[bin] / _rows[bin];
                weight++;
            }
        }

        return weight > 0 ? right / weight : null;
    }

    private static int BinOf(float confidence) => Math.Min((int)(confidence * Bins), Bins - 1);
}
