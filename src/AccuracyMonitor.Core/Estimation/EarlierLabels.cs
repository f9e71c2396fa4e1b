using AccuracyMonitor.Core.Recalibration;

namespace AccuracyMonitor.Core.Estimation;

/// <summary>
/// Decides whether to use labels of earlier windows. They help while P(correct | softmax) stays the same and mislead once it has changed.
/// The decision compares the log-loss of the window's labels, each scored by a head fitted without it, and checks the mean of the scores.
/// There are only two choices, so the effect on the interval's coverage is too small to measure. Log-loss alone kept 400 labels from before
/// a shift (Fashion-MNIST, after FGSM): so many labels sharpen each score, but they moved the mean by four points.
/// </summary>
public static class EarlierLabels
{
    /// <summary>With fewer labels in the window the earlier ones are not used, because there is too little data to decide.</summary>
    public const int MinLabels = 20;

    /// <summary>The chosen labels, either all of <paramref name="earlier"/> or none, and the heads per fold that were fitted with them.</summary>
    /// <param name="labels">Labels of the window.</param>
    /// <param name="earlier">Labels of earlier windows.</param>
    /// <param name="classes">K.</param>
    /// <param name="options">Prior standard deviations of the head.</param>
    /// <param name="folds">At least 2.</param>
    internal static (IReadOnlyList<LabelledPrediction> Earlier, RecalibrationHead[] Heads) ChooseWithHeads(
        IReadOnlyList<LabelledPrediction> labels, IReadOnlyList<LabelledPrediction> earlier, int classes, RecalibrationHeadOptions options, int folds = 5)
    {
        var without = CrossFit.Heads(labels, classes, options, folds);
        if (earlier.Count == 0 || labels.Count < MinLabels)
        {
            return ([], without);
        }

        var with = CrossFit.Heads(labels, classes, options, folds, earlier);
        return Loss(with, labels, folds) <= Loss(without, labels, folds) && Agree(with, labels, folds) ? (earlier, with) : ([], without);
    }

    /// <summary>Whether the mean score agrees with the window's labels to within two of their standard errors.</summary>
    private static bool Agree(RecalibrationHead[] heads, IReadOnlyList<LabelledPrediction> labels, int folds)
    {
        double sum = 0, squares = 0;
        foreach (var label in labels)
        {
            var score = heads[CrossFit.FoldOf(label.Key, folds)].Score(label.MonitorLogit, label.Probabilities, label.PredictedClass);
            var residual = label.Weight * ((label.Correct ? 1 : 0) - score);
            sum += residual;
            squares += residual * residual;
        }

        return sum * sum <= 4 * squares;
    }

    private static double Loss(RecalibrationHead[] heads, IReadOnlyList<LabelledPrediction> labels, int folds) => labels.Sum(label =>
        label.Weight * Logistic.Loss(
            heads[CrossFit.FoldOf(label.Key, folds)].Logit(label.MonitorLogit, label.Probabilities, label.PredictedClass), label.Correct));
}
