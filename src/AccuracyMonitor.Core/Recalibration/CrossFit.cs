using AccuracyMonitor.Core.Sampling;

namespace AccuracyMonitor.Core.Recalibration;

/// <summary>
/// Cross-fitting: each label is compared with a score fitted without it (Chernozhukov and others 2018, "Double/debiased machine learning",
/// definition 3.2). The fold of a prediction is a stable hash of its key. It does not depend on order or on other predictions, and a
/// prediction that is labelled twice stays in one fold.
/// </summary>
public static class CrossFit
{
    // Seed that makes this hash independent of others of the same key.
    private const ulong Seed = 0xF01D;

    /// <summary>Fold of a prediction, labelled or not, 0…folds−1.</summary>
    public static int FoldOf(string key, int folds)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        return (int)(StableHash.Of(key, Seed) % (ulong)folds);
    }

    /// <summary>One head per fold, fitted to the samples of the other folds. Score a prediction with the head of its own fold.</summary>
    /// <param name="samples">Samples that are divided into folds.</param>
    /// <param name="classes">K.</param>
    /// <param name="options">Prior standard deviations of the head.</param>
    /// <param name="folds">At least 2.</param>
    /// <param name="always">Samples used to fit every head.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than two folds.</exception>
    public static RecalibrationHead[] Heads(
        IReadOnlyList<LabelledPrediction> samples, int classes, RecalibrationHeadOptions options, int folds = 5,
        IReadOnlyList<LabelledPrediction>? always = null)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        var heads = new RecalibrationHead[folds];
        for (var fold = 0; fold < folds; fold++)
        {
            heads[fold] = RecalibrationHeadFitter.Fit([.. always ?? [], .. samples.Where(s => FoldOf(s.Key, folds) != fold)], classes, options);
        }

        return heads;
    }

    /// <summary>Score of each sample by a head fitted without the samples of its fold.</summary>
    public static double[] HeadScores(IReadOnlyList<LabelledPrediction> samples, int classes, RecalibrationHeadOptions options, int folds = 5) =>
        [.. HeadLogits(samples, classes, options, folds).Select(CorrectnessScore.FromLogit)];

    /// <summary>Logit of each sample by a head fitted without the samples of its fold.</summary>
    public static double[] HeadLogits(IReadOnlyList<LabelledPrediction> samples, int classes, RecalibrationHeadOptions options, int folds = 5)
    {
        var heads = Heads(samples, classes, options, folds);
        return [.. samples.Select(s => heads[FoldOf(s.Key, folds)].Logit(s.MonitorLogit, s.Probabilities, s.PredictedClass))];
    }
}
