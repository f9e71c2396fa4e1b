using AccuracyMonitor.Core.Transfer;

namespace AccuracyMonitor.Core.Estimation;

/// <summary>
/// Whether labels of earlier windows still teach: they do while the regime lasts and mislead once it has changed. Decided by the log-loss of
/// the window's labels, each by a head fitted without it; a choice between two, so that it costs the interval nothing that can be measured.
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
        if (earlier.Count == 0 || labels.Count < MinLabels)
        {
            return [];
        }

        var with = Loss(CrossFit.Heads(labels, classes, options, folds, earlier), labels, folds);
        var without = Loss(CrossFit.Heads(labels, classes, options, folds), labels, folds);
        return with <= without ? earlier : [];
    }

    private static double Loss(TransferHead[] heads, IReadOnlyList<TransferSample> labels, int folds) => labels.Sum(label =>
        label.Weight * LogisticLoss.Loss(
            heads[CrossFit.FoldOf(label.Key, folds)].Logit(label.MonitorLogit, label.Probabilities, label.PredictedClass), label.Correct));
}
