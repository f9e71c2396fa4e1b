using AccuracyMonitor.Core;
using AccuracyMonitor.Evaluation.Judging.Estimators;
using AccuracyMonitor.Evaluation.LabelFree;

namespace AccuracyMonitor.Evaluation.Judging;

/// <summary>
/// Every method that <c>evaluate</c> judges: one row here and one file each. Names may only be added to.
/// The order is that of tables, of JSON and of docs/reference/evaluation.md.
/// </summary>
internal static class EstimatorTable
{
    public static IReadOnlyList<Estimator> All { get; } =
    [
        new("ac", "mean of the largest softmax", LabelUse.None) { Fit = r => new AverageConfidence(r) },
        new("ts-ac", "mean confidence after temperature scaling", LabelUse.None) { Fit = r => new ScaledConfidence(r, r.Temperature) },
        new("doc", "reference accuracy plus the change of the mean confidence", LabelUse.None) { Fit = r => new DifferenceOfConfidences(r) },
        new("atc-mc", "share of rows whose largest softmax is above a threshold", LabelUse.None) { Fit = ThresholdedConfidence.OfMaximum },
        new("atc-ne", "the same with the negative entropy", LabelUse.None) { Fit = r => ThresholdedConfidence.OfNegativeEntropy(r, r.Temperature) },
        new("im", "reference accuracy by confidence bin, reweighted to the window", LabelUse.None) { Fit = r => new ImportanceReweighting(r) },
        new("cbpe", "mean calibrated probability of the predicted class", LabelUse.None) { Fit = r => new ConfidenceBasedEstimation(r) },
        new("cot", "optimal transport to the reference set's label frequencies", LabelUse.None) { Fit = r => new OptimalTransport(r) },
        new("cott", "share of rows whose transport cost is below a threshold", LabelUse.None) { Fit = r => new ThresholdedTransport(r) },
        new("mandoline", "reference accuracy, reweighted by a density ratio over slices", LabelUse.None) { Fit = r => new Mandoline(r) },
        new("nuclear-norm", "regression on the nuclear norm of the softmax matrix", LabelUse.None) { Fit = ScoreRegression.OfNuclearNorm },
        new("mano", "regression on MaNo's matrix norm", LabelUse.None) { Fit = ScoreRegression.OfMaNo },
        new("calibrated-score", "mean of the calibrated largest softmax", LabelUse.None) { Fit = r => new MeanCalibratedScore(r) },
        new("monitor", "mean correctness score of the monitor", LabelUse.None) { Judge = MonitorMean.Estimate, PlotPlace = 4 },

        new("uniform-wilson", "simple random labels, Wilson interval", LabelUse.Window) { Judge = UniformWilson.Estimate, PlotPlace = 3 },
        new("uniform-clopper-pearson", "simple random labels, Clopper-Pearson interval", LabelUse.Window) { Judge = UniformClopperPearson.Estimate },
        new("ppi", "prediction-powered inference on simple random labels", LabelUse.Window) { Judge = UniformPpi.Estimate },
        new("ppi++", "the same with a tuned weight of the monitor", LabelUse.Window) { Judge = UniformPpiPlusPlus.Estimate },
        new("horvitz-thompson", "labels of the sidecar's sampler, weighted by 1/π, without the monitor",
            LabelUse.Window) { Judge = ChosenHorvitzThompson.Estimate },
        new("aipw", "active statistical inference, normal interval", LabelUse.Window) { Judge = ChosenAipw.Estimate },
        new("stratified", "five strata by score, simple random labels in each", LabelUse.Window) { Judge = StratifiedByScore.Estimate },
        new("lure", "labels one after another by uncertainty, LURE weights", LabelUse.Window) { Judge = SequentialLure.Estimate },
        new("top-uncertainty", "fine-tune on the most uncertain predictions; biased, no interval", LabelUse.Window) { Judge = TopUncertainty.Estimate },
        new("audited-stream", "audited accuracy from the sums that the sidecar always keeps", LabelUse.Window) { Judge = AuditedStream.Estimate },
        new("audited-fleet", "audited accuracy from sums over pods", LabelUse.Window) { Judge = AuditedFleet.Estimate },
        new("audited", "audited accuracy as the sidecar publishes it, recalibrated and cross-fitted", LabelUse.Window) { Judge = Audited.Estimate,
            PlotPlace = 1 },
        new("combined", "audited and recalibrated monitor, combined", LabelUse.Window) { Judge = Combined.Estimate, PlotPlace = 2 },

        new("monitor-recalibrated", "mean score of the monitor, recalibrated on earlier labels",
            LabelUse.EarlierWindows) { Judge = RecalibratedMonitor.Estimate },
        new("uniform-earlier", "simple random labels of the earlier windows, Wilson interval", LabelUse.EarlierWindows) { Judge = UniformEarlier.Estimate },

        new("oracle-bound", "the least error that chosen labels can reach",
            LabelUse.Condition) { Bound = w => OracleBound.MeanSquareError(w.Condition, w.Window.Count, w.Window.Budget) },
    ];

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(e => e.Name)];

    public static Estimator? Find(string name) => All.FirstOrDefault(e => string.Equals(e.Name, name, StringComparison.Ordinal));

    /// <exception cref="ArgumentOutOfRangeException">No row has this name.</exception>
    public static Estimator Get(string name) =>
        Find(name) ?? throw new ArgumentOutOfRangeException(nameof(name), name, $"No method has this name; expected one of: {string.Join(", ", Names)}.");

    /// <summary>What is judged where <c>--methods</c> is not given.</summary>
    public static IReadOnlyList<string> Default(int earlierLabels) =>
    [
        .. All.Where(e => e.Labels is LabelUse.None or LabelUse.Window || (e.Labels == LabelUse.EarlierWindows && earlierLabels > 0)).Select(e => e.Name),
    ];

    /// <summary>Fits the wanted methods that a reference set alone can fit.</summary>
    /// <param name="reference">At least one row.</param>
    /// <param name="wanted">Names; null: all.</param>
    /// <exception cref="ArgumentException">No row, lengths that do not go together, or a label or a probability out of range.</exception>
    public static IReadOnlyList<FittedEstimator> Fit(ReferenceSet reference, IReadOnlyList<string>? wanted = null)
    {
        var rows = All.Where(e => e.Fit is not null && wanted?.Contains(e.Name, StringComparer.Ordinal) != false).ToArray();
        if (rows.Length == 0)
        {
            return [];
        }

        var labelled = new LabelledReference(reference);
        return [.. rows.Select(e => new FittedEstimator(e.Name, e.Fit!(labelled)))];
    }
}
