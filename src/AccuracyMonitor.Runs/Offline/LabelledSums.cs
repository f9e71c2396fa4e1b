using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Core.Recalibration;
using AccuracyMonitor.Core.Sampling;
using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Runs.Offline;

/// <summary>
/// What the audited estimate needs of predictions that come one after another: sums, the labelled rows, and a uniform sample of all rows for the scores
/// after recalibration. The weights of the labels are relative: only their ratios count.
/// </summary>
internal sealed class LabelledSums
{
    /// <summary>Labels from which on a head is fitted to them, as in the sidecar. With fewer the estimate uses the scores as they are.</summary>
    internal const int LeastFitted = 30;

    /// <summary>Labels up to which a head is fitted; it takes long for more, and can then gain little.</summary>
    internal const int MostFitted = 1_000;

    private const int MostSampled = 100_000;
    private const ulong SampleSeed = 0x5A4D;
    private static readonly TimeSpan Window = TimeSpan.FromDays(1);
    private static readonly DateTimeOffset Time = DateTimeOffset.UnixEpoch;
    private readonly List<LabelledPrediction> _labelled = [];
    private PredictionSums _predictions;
    private LabelSums _labels;
    private RowReservoir? _sample;
    private int _classes;

    public long Labels => _labels.Count;

    public long Correct => _labels.Correct;

    public void Add(ScoredRow row)
    {
        _classes = row.Probabilities.Length;
        _sample ??= new RowReservoir(Window, 1, _classes, RowReservoir.RowsPerBucket(MostSampled, 1, _classes));
        _sample.Add(Time, row.Probabilities, StableHash.Of(row.Id, SampleSeed), Time);
        _predictions.Add(new PredictionPoint(row.Score, Math.Clamp(row.Confidence, 0, 1), Covered: true));
    }

    /// <param name="row">Given to <see cref="Add"/> before.</param>
    /// <param name="inclusion">π, or the same number for each row.</param>
    public void AddLabel(ScoredRow row, double inclusion)
    {
        var correct = row.Label == row.Predicted;
        _labels.Add(new LabelPoint(row.Score, inclusion, correct));
        if (_labelled.Count <= MostFitted)
        {
            _labelled.Add(new LabelledPrediction(row.Id, row.Probabilities, row.Predicted, row.Logit, correct, 1 / inclusion));
        }
    }

    /// <param name="requested">Rows that were drawn, labelled or not.</param>
    /// <param name="scorer">Logits of rows of the sample.</param>
    /// <param name="alpha">Error level.</param>
    /// <returns>The audited estimate, and the one from labels alone.</returns>
    public (AccuracyEstimate Audited, AccuracyEstimate Labelled) Estimate(long requested, RowScorer scorer, double alpha)
    {
        var predictions = _predictions;
        predictions.Requested = requested;
        var window = WindowEstimator.Estimate(
            [new Bucket(Time, Window, predictions, _labels)], monitorValid: true, new EstimatorOptions { Alpha = alpha, MinSamples = 1 });
        return window.Audited.State == EstimateState.Ok && _labelled.Count is >= LeastFitted and <= MostFitted
            ? (CrossFitAipw.Estimate(Population(scorer), _labelled, new RecalibrationHeadOptions(), alpha), window.Labelled)
            : (window.Audited, window.Labelled);
    }

    private WindowPopulation Population(RowScorer scorer)
    {
        var rows = _sample!.Copy(Time + Window, DateTimeOffset.MaxValue);
        var (logits, predicted) = scorer.Score(rows.Probabilities, _classes);
        return new WindowPopulation(rows.Probabilities, logits, predicted, _classes, rows.Weights) { IsSample = rows.Weights.Length < rows.Predictions };
    }
}
