using AccuracyMonitor.Core.Recalibration;

namespace AccuracyMonitor.Scoring;

/// <summary>
/// The one-dimensional monitor: the calibrated maximum softmax. It is the baseline for every network and the score used before a network
/// exists. It has no members, so its disagreement is 0.
/// </summary>
public sealed class CalibratedScoreScorer(ScoreCalibration calibration, string version) : IMonitorScorer
{
    public string Version => version;

    public string Kind => "calibrated-score";

    public int? ClassCount => null;

    public int? Largest => 1;

    public MonitorMetadata? Metadata => null;

    public void Score(ReadOnlySpan<float> probabilities, int count, int classes, Span<float> logits, Span<float> disagreements)
    {
        ScoreArguments.Check(probabilities, count, classes, logits, disagreements);
        for (var i = 0; i < count; i++)
        {
            logits[i] = (float)calibration.Logit(probabilities.Slice(i * classes, classes));
        }

        disagreements[..count].Clear();
    }

    public void ScoreLargest(ReadOnlySpan<float> largest, int count, int width, Span<float> logits, Span<float> disagreements) =>
        Score(largest, count, width, logits, disagreements);

    public void Dispose()
    {
    }
}
