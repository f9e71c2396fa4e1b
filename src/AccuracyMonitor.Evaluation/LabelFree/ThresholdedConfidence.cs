using System.Numerics.Tensors;

namespace AccuracyMonitor.Evaluation.LabelFree;

/// <summary>
/// <c>atc-mc</c> and <c>atc-ne</c>: average thresholded confidence (Garg, Balakrishnan, Lipton, Neyshabur and Sedghi 2022, "Leveraging
/// unlabeled data to predict out-of-distribution performance", section 4), the share of rows above an <see cref="ErrorCut"/>. The score is
/// the largest probability as it is, or the negative entropy Σ p·log p after temperature scaling, the form its authors recommend.
/// </summary>
internal sealed class ThresholdedConfidence : LabelFreeEstimator
{
    private readonly ErrorCut _cut;
    private readonly Temperature? _temperature;

    private ThresholdedConfidence(LabelledReference reference, Temperature? temperature)
        : base(reference.ClassCount)
    {
        _temperature = temperature;
        _cut = new ErrorCut(Scores(reference.Outputs), reference.Errors);
    }

    public static ThresholdedConfidence OfMaximum(LabelledReference reference) => new(reference, null);

    public static ThresholdedConfidence OfNegativeEntropy(LabelledReference reference, Temperature temperature) =>
        new(reference, temperature);

    protected override double? OfRows(SoftmaxOutputs window)
    {
        var right = 0.0;
        foreach (var score in Scores(window))
        {
            right += _cut.Right(score);
        }

        return right / window.Count;
    }

    private float[] Scores(SoftmaxOutputs window)
    {
        var scores = new float[window.Count];
        var row = new double[window.ClassCount];
        for (var i = 0; i < scores.Length; i++)
        {
            if (_temperature is null)
            {
                scores[i] = TensorPrimitives.Max(window.Row(i));
                continue;
            }

            _temperature.Apply(window.Row(i), row);
            var sum = 0.0;
            foreach (var p in row)
            {
                sum += p > 0 ? p * Math.Log(p) : 0;
            }

            scores[i] = (float)sum;
        }

        return scores;
    }
}
