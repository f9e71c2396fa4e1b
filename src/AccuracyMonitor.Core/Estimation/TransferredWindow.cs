using AccuracyMonitor.Core.Transfer;

namespace AccuracyMonitor.Core.Estimation;

/// <summary>
/// The two estimates of a window whose labels, and those of earlier windows of the regime, have first taught the monitor: the audited one, which
/// labels of the window correct (cross-fitted), and the combined one, which believes what was learned.
/// </summary>
/// <param name="Audited"><see cref="CrossFitAipw"/>: holds whatever the monitor is worth.</param>
/// <param name="Combined"><see cref="TransferredAccuracy"/> after all labels: narrower, holds while P(right | softmax) is the same in all of it.</param>
public sealed record TransferredWindow(AccuracyEstimate Audited, AccuracyEstimate Combined)
{
    /// <param name="population">The window's covered predictions.</param>
    /// <param name="labels">Its labels, weight 1/π times requests per answer.</param>
    /// <param name="earlier">Labels of earlier windows, used where they agree: <see cref="EarlierLabels"/>.</param>
    /// <param name="options">Priors.</param>
    /// <param name="alpha">Error level, (0, 0.5].</param>
    public static TransferredWindow Estimate(
        WindowPopulation population, IReadOnlyList<TransferSample> labels, IReadOnlyList<TransferSample> earlier, TransferHeadOptions options, double alpha)
    {
        ArgumentNullException.ThrowIfNull(population);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(earlier);
        var (teaching, heads) = EarlierLabels.ChooseWithHeads(labels, earlier, population.ClassCount, options);
        var audited = CrossFitAipw.Estimate(population, labels, heads, alpha);
        var posterior = TransferHeadFitter.FitPosterior([.. teaching, .. labels], population.ClassCount, options);
        var combined = labels.Count == 0
            ? AccuracyEstimate.Without(EstimateKind.Combined, EstimateState.InsufficientLabels)
            : TransferredAccuracy.Estimate(population, posterior, alpha, EstimateKind.Combined);
        return new TransferredWindow(audited, combined);
    }
}
