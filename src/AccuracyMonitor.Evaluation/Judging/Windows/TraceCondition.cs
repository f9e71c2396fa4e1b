using System.Globalization;
using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Recalibration;

namespace AccuracyMonitor.Evaluation.Judging.Windows;

/// <summary>One condition of a trace, scored by its monitor: what windows are drawn from.</summary>
internal sealed record TraceCondition
{
    public required string File { get; init; }

    public required string Name { get; init; }

    /// <summary>The condition's name without a severity at its end: <c>fog_3</c> and <c>fog_5</c> are one family.</summary>
    public string Family
    {
        get
        {
            var cut = Name.LastIndexOf('_');
            return cut > 0 && cut < Name.Length - 1 && Name.AsSpan(cut + 1).IndexOfAnyExceptInRange('0', '9') < 0 ? Name[..cut] : Name;
        }
    }

    public required ReferenceSet Data { get; init; }

    /// <summary>Recorded row that row i comes from: the same in two rows of a simulated shift that are the same prediction twice.</summary>
    public required int[] Sources { get; init; }

    /// <summary>Logit of the monitor, one per row.</summary>
    public required double[] MonitorLogits { get; init; }

    /// <summary>g, one per row.</summary>
    public required double[] Scores { get; init; }

    /// <summary>Standard error of the monitor's mean score that its reference set leaves; 0: not known.</summary>
    public double MonitorStandardError { get; init; }

    public required double[] Confidences { get; init; }

    public required int[] PredictedClasses { get; init; }

    public required bool[] Correct { get; init; }

    public int Count => Correct.Length;

    public double Accuracy => Correct.Count(c => c) / (double)Correct.Length;

    /// <summary>What decides a row's fold, by its source. The sidecar takes a keyed hash of the prediction's id.</summary>
    public Func<int, string> FoldKey { get; init; } = static source => source.ToString(CultureInfo.InvariantCulture);

    /// <summary>A row as recalibration learns from it.</summary>
    public LabelledPrediction Sample(int row, double weight) => new(
        FoldKey(Sources[row]), Data.Row(row).ToArray(), PredictedClasses[row], MonitorLogits[row], Correct[row], weight);

    /// <summary>g of every row by the monitor with a head.</summary>
    public double[] ScoresWith(RecalibrationHead head)
    {
        var scores = new double[Count];
        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] = head.Score(MonitorLogits[i], Data.Row(i), PredictedClasses[i]);
        }

        return scores;
    }
}
