using AccuracyMonitor.Core.Recalibration;

namespace AccuracyMonitor.Core.Estimation;

/// <summary>
/// Two estimates of a window with a head fitted to its own labels and to those of earlier windows of the same condition. The audited one is
/// corrected by the window's labels (cross-fitted). The combined one relies on the fitted head.
/// </summary>
/// <param name="Audited"><see cref="CrossFitAipw"/>: valid however good or bad the monitor is.</param>
/// <param name="Combined"><see cref="RecalibratedAccuracy"/> after all labels: narrower; valid while P(correct | softmax) is the same in all
/// of them.</param>
public sealed record RecalibratedWindow(AccuracyEstimate Audited, AccuracyEstimate Combined)
{
    /// <param name="population">The window's covered predictions.</param>
    /// <param name="labels">The window's labels, with weight 1/π times requests per answer.</param>
    /// <param name="earlier">Labels of earlier windows; used only if <see cref="EarlierLabels"/> finds that they agree.</param>
    /// <param name="options">Prior standard deviations of the head.</param>
    /// <param name="alpha">Error level, (0, 0.5].</param>
    public static RecalibratedWindow Estimate(
        WindowPopulation population, IReadOnlyList<LabelledPrediction> labels, IReadOnlyList<LabelledPrediction> earlier,
        RecalibrationHeadOptions options, double alpha)
    {
        ArgumentNullException.ThrowIfNull(population);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(earlier);
        var (teaching, heads) = EarlierLabels.ChooseWithHeads(labels, earlier, population.ClassCount, options);
        var audited = CrossFitAipw.Estimate(population, labels, heads, alpha);
        var posterior = RecalibrationHeadFitter.FitPosterior([.. teaching, .. labels], population.ClassCount, options);
        var combined = labels.Count == 0
            ? AccuracyEstimate.Without(EstimateKind.Combined, EstimateState.InsufficientLabels)
            : RecalibratedAccuracy.Estimate(population, posterior, alpha, EstimateKind.Combined);
        return new RecalibratedWindow(audited, combined);
    }
}
