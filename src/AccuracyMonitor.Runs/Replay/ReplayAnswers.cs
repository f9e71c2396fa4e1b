using AccuracyMonitor.Core.Sampling;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Runs.Replay;

/// <summary>An annotator who has the file's labels: answers after a set time, or when the log tells the label, or never.</summary>
/// <param name="source">The labels.</param>
/// <param name="link">Whose queue.</param>
/// <param name="options">Delay, share answered, seed.</param>
internal sealed class ReplayAnswers(IReplaySource source, SidecarLink link, ReplayOptions options) : IAnswers
{
    /// <summary>So that which are answered does not hang together with which were asked for: the sidecar's coin may have the same seed.</summary>
    private const ulong Salt = 0x5DEECE66DA3C59B1;

    public string Model => link.Model;

    public string Version => link.Version;

    public int ClassCount => source.ClassCount;

    /// <summary>The longest that the sidecar gives: a log's label may be hours away.</summary>
    public TimeSpan Lease { get; } = TimeSpan.FromHours(12);

    public AnnotationPlan? Plan(LabelItem item)
    {
        var answered = new SplitMix64(StableHash.Of(item.PredictionId, options.Seed ^ Salt)).NextDouble() < options.AnswerRate;

        // A label that the log tells later comes then, without a further delay.
        var delay = source.Truth(item.PredictionId) is null ? TimeSpan.Zero : options.LabelDelay;
        return new AnnotationPlan(answered ? AnnotationFate.Prompt : AnnotationFate.Never, delay);
    }

    public int? Truth(string predictionId) => source.Truth(predictionId);
}
