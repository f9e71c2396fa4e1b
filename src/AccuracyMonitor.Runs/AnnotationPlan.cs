using AccuracyMonitor.Core.Sampling;
using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Runs;

internal enum AnnotationFate
{
    /// <summary>Answered within seconds.</summary>
    Prompt,

    /// <summary>Answered after its window has passed, when the lease is long over.</summary>
    Late,

    /// <summary>Answered wrongly at first, then corrected.</summary>
    Corrected,

    /// <summary>Given back: the image can't be told.</summary>
    Skipped,

    /// <summary>Taken, and never heard of again.</summary>
    Never,
}

/// <summary>
/// What the simulated annotator will do about one image: fixed by the run's seed and the prediction's id. Delays differ, so answers come out of
/// order. What an annotator does is independent of whether the prediction was right, as the estimate assumes of answers that never come.
/// </summary>
/// <param name="Fate">What becomes of the question.</param>
/// <param name="Delay">From taking the question to the first answer.</param>
internal sealed record AnnotationPlan(AnnotationFate Fate, TimeSpan Delay)
{
    public const double LateShare = 0.05;
    public const double CorrectedShare = 0.02;
    public const double SkippedShare = 0.02;
    public const double NeverShare = 0.03;

    /// <summary>From the wrong answer to the right one.</summary>
    public static readonly TimeSpan CorrectionDelay = TimeSpan.FromSeconds(2);

    private const double MedianSeconds = 1.2;
    private const double LogDeviation = 0.5;

    public static AnnotationPlan For(string predictionId, ulong seed, TimeSpan window)
    {
        var random = new SplitMix64(StableHash.Of(predictionId, seed));
        var fate = random.NextDouble() switch
        {
            < LateShare => AnnotationFate.Late,
            < LateShare + CorrectedShare => AnnotationFate.Corrected,
            < LateShare + CorrectedShare + SkippedShare => AnnotationFate.Skipped,
            < LateShare + CorrectedShare + SkippedShare + NeverShare => AnnotationFate.Never,
            _ => AnnotationFate.Prompt,
        };
        var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        var seconds = MedianSeconds * Math.Exp(LogDeviation * normal);
        return new AnnotationPlan(fate, fate == AnnotationFate.Late ? window + TimeSpan.FromSeconds(5 * seconds) : TimeSpan.FromSeconds(seconds));
    }
}
