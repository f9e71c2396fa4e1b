using System.Globalization;
using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Recalibration;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Training.Evaluation;
using Spectre.Console;

namespace AccuracyMonitor.Cli.Training;

/// <summary>Rows of a trace as what a monitor is adapted to and judged by.</summary>
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

    public static Table Table(params ReadOnlySpan<(string Name, ScoreMetrics Metrics)> monitors)
    {
        var table = new Table().AddColumns("monitor", "AUROC", "log-loss", "Brier", "estimate error");
        foreach (var (name, m) in monitors)
        {
            table.AddRow(name, $"{m.Auroc:0.0000}", $"{m.LogLoss:0.0000}", $"{m.Brier:0.0000}", $"{Math.Abs(m.MeanScore - m.Accuracy):0.0000}");
        }

        return table;
    }
}
