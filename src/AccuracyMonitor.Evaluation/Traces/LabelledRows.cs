using System.Globalization;
using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Recalibration;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Training.Evaluation;

namespace AccuracyMonitor.Evaluation.Traces;

/// <summary>Rows of a trace as what a monitor learns from.</summary>
internal static class LabelledRows
{
    /// <summary>Each weighted alike: a trace's rows were not chosen by a sampler.</summary>
    public static LabelledPrediction[] Samples(ReferenceSet rows)
    {
        var correct = MonitorJudge.Correct(rows);
        return
        [
            .. Enumerable.Range(0, rows.Count).Select(i =>
            {
                var row = rows.Row(i).ToArray();
                return new LabelledPrediction(i.ToString(CultureInfo.InvariantCulture), row, FeatureEncoding.PredictedClass(row), 0, correct[i], 1);
            }),
        ];
    }
}
