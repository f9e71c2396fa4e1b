using System.Numerics.Tensors;
using AccuracyMonitor.Core.Transfer;

namespace AccuracyMonitor.Scoring;

/// <summary>
/// The one-dimensional monitor: the calibrated maximum softmax. The baseline beside every network, and what scores before there is one.
/// It has no members, so its disagreement is 0.
/// </summary>
public sealed class CalibratedScoreScorer(ScoreCalibration calibration, string version) : IMonitorScorer
{
    /// <summary>Largest and smallest probability that a logit is taken of: a float32 softmax reaches exactly 1, whose logit is infinite.</summary>
    private const double Edge = 1e-7;

    public string Version => version;

    public string Kind => "calibrated-score";

    public int? ClassCount => null;

    public MonitorMetadata? Metadata => null;

    public void Score(ReadOnlySpan<float> probabilities, int count, int classes, Span<float> logits, Span<float> disagreements)
    {
        ScoreArguments.Check(probabilities, count, classes, logits, disagreements);
        for (var i = 0; i < count; i++)
        {
            var confidence = TensorPrimitives.Max(probabilities.Slice(i * classes, classes));
            logits[i] = (float)calibration.Logit(Math.Clamp((double)confidence, Edge, 1 - Edge));
        }

        disagreements[..count].Clear();
    }

    public void Dispose()
    {
    }
}
