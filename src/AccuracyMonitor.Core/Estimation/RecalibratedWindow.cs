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
    /// <summary>Fewest labels of a window that are worth a fit.</summary>
    public const int MinLabels = 30;

    /// <summary>Most labels of a window. With more, the fits would take seconds, and they would change the estimate very little.</summary>
    public const int MaxLabels = 1000;

    /// <summary>Most labels of earlier windows: the newest are used.</summary>
    public const int MaxEarlier = 400;

    /// <summary>Whether a window with so many labels is estimated this way. Otherwise the estimate from its sums stands.</summary>
    public static bool Applies(long labels) => labels is >= MinLabels and <= MaxLabels;

    /// <param name="population">The window's covered predictions.</param>
    /// <param name="labels">The window's labels, with weight 1/π times requests per answer.</param>
    /// <param name="earlier">Labels of earlier windows, oldest first. The newest <see cref="MaxEarlier"/> are used, and only if
    /// <see cref="EarlierLabels"/> finds that they agree.</param>
    /// <param name="options">Prior standard deviations of the head.</param>
    /// <param name="alpha">Error level, (0, 0.5].</param>
    public static RecalibratedWindow Estimate(
        WindowPopulation population, IReadOnlyList<LabelledPrediction> labels, IReadOnlyList<LabelledPrediction> earlier,
        RecalibrationHeadOptions options, double alpha)
    {
        ArgumentNullException.ThrowIfNull(population);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(earlier);
        var (teaching, heads) = EarlierLabels.ChooseWithHeads(labels, [.. earlier.TakeLast(MaxEarlier)], population.ClassCount, options);
        var audited = CrossFitAipw.Estimate(population, labels, heads, alpha);
        var posterior = RecalibrationHeadFitter.FitPosterior([.. teaching, .. labels], population.ClassCount, options);
        var combined = labels.Count == 0
            ? AccuracyEstimate.Without(EstimateKind.Combined, EstimateState.InsufficientLabels)
            : RecalibratedAccuracy.Estimate(population, posterior, alpha, EstimateKind.Combined);
        return new RecalibratedWindow(audited, combined);
    }
}
