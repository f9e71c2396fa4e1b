using AccuracyMonitor.Core.Sampling;

namespace AccuracyMonitor.Core.Transfer;

/// <summary>
/// Scores that never saw the label they are compared with (cross-fitting: Chernozhukov and others, "Double/Debiased Machine
/// Learning", 2018, definition 3.2). The fold of a prediction is a stable hash of its key: it depends on no order, on no other prediction,
/// and the same prediction labelled twice stays in one fold.
/// </summary>
public static class CrossFit
{
    // Apart from the sampling coin, which hashes the same ids.
    private const ulong Seed = 0xF01D;

    /// <summary>Fold of a prediction, 0…folds−1, whether it is labelled or not.</summary>
    public static int FoldOf(string key, int folds)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        return (int)(StableHash.Of(key, Seed) % (ulong)folds);
    }

    /// <summary>One head per fold, fitted to the samples of the other folds. Score a prediction with the head of its own fold.</summary>
    /// <param name="samples">Those that are split.</param>
    /// <param name="classes">K.</param>
    /// <param name="options">Priors.</param>
    /// <param name="folds">At least 2.</param>
    /// <param name="always">Samples that every head learns from.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than two folds.</exception>
    public static TransferHead[] Heads(
        IReadOnlyList<TransferSample> samples, int classes, TransferHeadOptions options, int folds = 5, IReadOnlyList<TransferSample>? always = null)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        var heads = new TransferHead[folds];
        for (var fold = 0; fold < folds; fold++)
        {
            heads[fold] = TransferHeadFitter.Fit([.. always ?? [], .. samples.Where(s => FoldOf(s.Key, folds) != fold)], classes, options);
        }

        return heads;
    }

    /// <summary>Score of each sample by a head fitted without the samples of its fold.</summary>
    public static double[] HeadScores(IReadOnlyList<TransferSample> samples, int classes, TransferHeadOptions options, int folds = 5) =>
        [.. HeadLogits(samples, classes, options, folds).Select(CorrectnessScore.FromLogit)];

    /// <summary>Logit of each sample by a head fitted without the samples of its fold.</summary>
    public static double[] HeadLogits(IReadOnlyList<TransferSample> samples, int classes, TransferHeadOptions options, int folds = 5)
    {
        var heads = Heads(samples, classes, options, folds);
        return [.. samples.Select(s => heads[FoldOf(s.Key, folds)].Logit(s.MonitorLogit, s.Probabilities, s.PredictedClass))];
    }
}
