using System.Numerics.Tensors;
using AccuracyMonitor.Core.Recalibration;
using AccuracyMonitor.Scoring;

namespace AccuracyMonitor.Runs.Offline;

/// <summary>Scores rows by a monitor, or by the model's own confidence.</summary>
internal sealed class RowScorer : IDisposable
{
    private readonly IMonitorScorer _scorer;

    private RowScorer(IMonitorScorer scorer) => _scorer = scorer;

    /// <summary>The K that the monitor requires; null: any.</summary>
    public int? ClassCount => _scorer.ClassCount;

    /// <param name="monitor">File of a monitor (ONNX); null: the largest softmax is the score.</param>
    /// <exception cref="MonitorFileException">The file is no monitor.</exception>
    public static RowScorer Of(string? monitor) => new(monitor is null
        ? new CalibratedScoreScorer(ScoreCalibration.Identity, "softmax")
        : EnsembleScorer.Load(File.ReadAllBytes(monitor), new ScorerOptions()));

    /// <param name="rows">Row-major n×K.</param>
    /// <param name="classes">K.</param>
    /// <returns>Of each row the logit of the score, and the predicted class.</returns>
    public (double[] Logits, int[] Predicted) Score(float[] rows, int classes)
    {
        var count = rows.Length / classes;
        var logits = new float[count];
        _scorer.Score(rows, count, classes, logits, new float[count]);
        var predicted = new int[count];
        for (var i = 0; i < count; i++)
        {
            predicted[i] = TensorPrimitives.IndexOfMax<float>(rows.AsSpan(i * classes, classes));
        }

        return (Array.ConvertAll(logits, l => (double)l), predicted);
    }

    public void Dispose() => _scorer.Dispose();
}
