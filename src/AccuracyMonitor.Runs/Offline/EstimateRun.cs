using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Evaluation.Traces.Tables;

namespace AccuracyMonitor.Runs.Offline;

/// <summary>What <c>estimate</c> is asked for.</summary>
/// <param name="Input">The predictions, with where the labels are.</param>
/// <param name="DeclaredRandom">Whether the user says that each row had the same chance of a label.</param>
/// <param name="Level">Of the interval, [0.5, 1).</param>
internal sealed record EstimateOptions(OfflineInput Input, bool DeclaredRandom, double Level);

/// <summary>Predictions and labels from files to an estimate.</summary>
internal static class EstimateRun
{
    /// <summary>The labels that the predictions have beside them, where no other file is named.</summary>
    public static LabelSource OwnLabels(string predictions, TraceOptions reading) => new(predictions)
    {
        IsTrace = true,
        IdColumn = reading.Map.GetValueOrDefault("id", "id"),
        LabelColumn = reading.Map.GetValueOrDefault("label", "label"),
        Delimiter = reading.Delimiter,
    };

    /// <exception cref="TraceFileException">A file cannot be used, or has too few labels.</exception>
    public static EstimateSummary Run(EstimateOptions options)
    {
        using var scorer = RowScorer.Of(options.Input.Monitor);
        var rows = new ScoredRows(options.Input, scorer);
        OfflineEstimator? estimator = null;
        rows.Read(row => (estimator ??= new OfflineEstimator(rows.HasInclusion, options.DeclaredRandom)).Take(row));
        var estimate = Finish(rows, estimator!, scorer, options.Level);
        return new EstimateSummary(
            options, rows.Understood, estimate with { Warnings = [.. rows.Warnings(), .. rows.Understood.Warnings(), .. estimate.Warnings] });
    }

    private static OfflineEstimate Finish(ScoredRows rows, OfflineEstimator estimator, RowScorer scorer, double level)
    {
        try
        {
            return estimator.Finish(scorer, level);
        }
        catch (TraceFileException e)
        {
            // Why there are so few is worth more than that there are.
            throw new TraceFileException(string.Join(Environment.NewLine, [e.Message, .. rows.Understood.Lines()]), e);
        }
    }
}

/// <summary>An estimate with what was read for it.</summary>
internal sealed record EstimateSummary(EstimateOptions Options, TraceUnderstanding Understood, OfflineEstimate Estimate);
