using AccuracyMonitor.Core.Transfer;

namespace AccuracyMonitor.Core.Estimation;

/// <summary>
/// Whether labels of earlier windows still teach: they do while the regime lasts and mislead once it has changed. Decided by the log-loss of
/// the window's labels, each by a head fitted without it, and by the mean of the scores; a choice between two, so that it costs the interval
/// nothing that can be measured. Log-loss alone kept 400 labels from before a shift (Fashion-MNIST, FGSM over): so many sharpen each score, and
/// put the mean off by four points.
/// </summary>
public static class EarlierLabels
{
    /// <summary>Fewer labels of the window cannot decide: the earlier ones are then left out.</summary>
    public const int MinLabels = 20;

    /// <returns><paramref name="earlier"/>, or none.</returns>
    /// <param name="labels">The window's.</param>
    /// <param name="earlier">Of windows before it.</param>
    /// <param name="classes">K.</param>
    /// <param name="options">Priors.</param>
    /// <param name="folds">At least 2.</param>
    public static IReadOnlyList<TransferSample> Choose(
        IReadOnlyList<TransferSample> labels, IReadOnlyList<TransferSample> earlier, int classes, TransferHeadOptions options, int folds = 5)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(earlier);
        return ChooseWithHeads(labels, earlier, classes, options, folds).Earlier;
    }

    /// <summary>The choice, and the folds' heads that learned from it.</summary>
    internal static (IReadOnlyList<TransferSample> Earlier, TransferHead[] Heads) ChooseWithHeads(
        IReadOnlyList<TransferSample> labels, IReadOnlyList<TransferSample> earlier, int classes, TransferHeadOptions options, int folds = 5)
    {
        var without = CrossFit.Heads(labels, classes, options, folds);
        if (earlier.Count == 0 || labels.Count < MinLabels)
        {
            return ([], without);
        }

        var with = CrossFit.Heads(labels, classes, options, folds, earlier);
        return Loss(with, labels, folds) <= Loss(without, labels, folds) && Agree(with, labels, folds) ? (earlier, with) : ([], without);
    }

    /// <summary>Whether the mean of the scores is what the window's labels say, to two standard errors of theirs.</summary>
    private static bool Agree(TransferHead[] heads, IReadOnlyList<TransferSample> labels, int folds)
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

    private static double Loss(TransferHead[] heads, IReadOnlyList<TransferSample> labels, int folds) => labels.Sum(label =>
        label.Weight * Logistic.Loss(
            heads[CrossFit.FoldOf(label.Key, folds)].Logit(label.MonitorLogit, label.Probabilities, label.PredictedClass), label.Correct));
}
