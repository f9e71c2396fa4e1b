namespace AccuracyMonitor.Evaluation.LabelFree;

/// <summary>
/// <c>nuclear-norm</c> and <c>mano</c>: a <see cref="WindowScores"/> score turned into an accuracy by a regression on a meta-set, as Deng
/// and Zheng 2021 do ("Are labels always necessary for classifier accuracy evaluation?"). Read it as a rank between windows.
/// </summary>
/// <remarks>
/// The papers' meta-set is made of transformed images. Without inputs the only shifted windows to be had are the reference rows themselves,
/// tilted: weighted exp(t·r) by the rank r of their confidence in [0,1], for t = −8, −4, 0, 4, 8. So the line knows what more and fewer
/// sure rows do, and no other shift. Weights are used where resampling by them would give the same on average with noise on both axes. The
/// line is made to go through the reference set itself: a free one missed unshifted windows by up to 7 points (nuclear norm,
/// Fashion-MNIST).
/// </remarks>
internal sealed class ScoreRegression : LabelFreeEstimator
{
    private const int Tilts = 5;
    private const double LargestTilt = 8;
    private readonly Func<SoftmaxOutputs, double> _score;
    private readonly double _referenceScore;
    private readonly double _referenceAccuracy;
    private readonly double _slope;

    private ScoreRegression(LabelledReference reference, Func<SoftmaxOutputs, double> score, WeightedScore weighted)
        : base(reference.ClassCount)
    {
        _score = score;
        var ranks = MidRanks(reference.Confidence);
        var (scores, accuracies, weights) = (new double[Tilts], new double[Tilts], new double[reference.Count]);
        for (var j = 0; j < Tilts; j++)
        {
            var tilt = LargestTilt * ((2.0 * j / (Tilts - 1)) - 1);
            var (total, right) = (0.0, 0.0);
            for (var i = 0; i < weights.Length; i++)
            {
                weights[i] = Math.Exp(tilt * ranks[i]);
                total += weights[i];
                right += reference.Correct[i] ? weights[i] : 0;
            }

            for (var i = 0; i < weights.Length; i++)
            {
                weights[i] /= total;
            }

            scores[j] = weighted(reference.Outputs, weights);
            accuracies[j] = right / total;
        }

        // t = 0 is the reference set as it is.
        (_referenceScore, _referenceAccuracy) = (scores[Tilts / 2], accuracies[Tilts / 2]);
        var variance = scores.Sum(s => (s - _referenceScore) * (s - _referenceScore));
        var covariance = scores.Zip(accuracies, (s, a) => (s - _referenceScore) * (a - _referenceAccuracy)).Sum();

        // Rows all alike give one score: then the score says nothing, and the accuracy of the reference set stands.
        _slope = variance > 1e-12 ? covariance / variance : 0;
    }

    private delegate double WeightedScore(SoftmaxOutputs window, ReadOnlySpan<double> weights);

    public static ScoreRegression OfNuclearNorm(LabelledReference reference) =>
        new(reference, WindowScores.NuclearNorm, WindowScores.NuclearNorm);

    public static ScoreRegression OfMaNo(LabelledReference reference) => new(reference, WindowScores.MaNo, WindowScores.MaNo);

    protected override double? OfRows(SoftmaxOutputs window) => _referenceAccuracy + (_slope * (_score(window) - _referenceScore));

    /// <summary>Where each value stands among all, [0,1]; equal ones in the middle of their places.</summary>
    private static double[] MidRanks(float[] values)
    {
        var (sorted, order) = ((float[])values.Clone(), Enumerable.Range(0, values.Length).ToArray());
        Array.Sort(sorted, order);
        var ranks = new double[values.Length];
        for (var from = 0; from < sorted.Length;)
        {
            var to = from;
            while (to < sorted.Length && sorted[to] == sorted[from])
            {
                to++;
            }

            for (var i = from; i < to; i++)
            {
                ranks[order[i]] = (from + to) / 2.0 / sorted.Length;
            }

            from = to;
        }

        return ranks;
    }
}
