using AccuracyMonitor.Core;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Training.Evaluation;

/// <summary>Scores labelled outputs with a monitor and compares the scores with the truth.</summary>
public static class MonitorJudge
{
    /// <param name="onnx">Monitor file.</param>
    /// <param name="outputs">At least one; K as the monitor's.</param>
    /// <exception cref="MonitorFileException">No monitor, or of another K.</exception>
    public static ScoreMetrics Of(ReadOnlyMemory<byte> onnx, ReferenceSet outputs)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        using var scorer = EnsembleScorer.Load(onnx, new ScorerOptions(ExecutionProvider.Cpu));
        return Of(scorer, outputs);
    }

    /// <inheritdoc cref="Of(ReadOnlyMemory{byte}, ReferenceSet)"/>
    public static ScoreMetrics Of(IMonitorScorer scorer, ReferenceSet outputs)
    {
        ArgumentNullException.ThrowIfNull(scorer);
        ArgumentNullException.ThrowIfNull(outputs);
        var logits = new float[outputs.Count];
        scorer.Score(outputs.Probabilities, outputs.Count, outputs.ClassCount, logits, new float[outputs.Count]);
        return ScoreMetrics.Of([.. logits.Select(l => (double)l)], Correct(outputs));
    }

    /// <summary>Whether each output's largest probability is its label's.</summary>
    public static bool[] Correct(ReferenceSet outputs) =>
        [.. Enumerable.Range(0, outputs.Count).Select(i => FeatureEncoding.PredictedClass(outputs.Row(i)) == outputs.Labels[i])];
}
