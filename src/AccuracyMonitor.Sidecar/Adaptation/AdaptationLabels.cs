using AccuracyMonitor.Core.Recalibration;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Monitors;
using AccuracyMonitor.Storage;
using AccuracyMonitor.Storage.Labelling;

namespace AccuracyMonitor.Sidecar.Adaptation;

/// <summary>A model version's newest labels, in the order in which they came.</summary>
/// <param name="Samples">Logits by the champion's graph.</param>
/// <param name="Sequences">Place of each label in the history.</param>
/// <param name="PredictionTimes">When each was predicted.</param>
/// <param name="AreProbabilitySamples">Which were chosen with a known probability.</param>
internal sealed record AdaptationLabels(
    IReadOnlyList<LabelledPrediction> Samples, IReadOnlyList<long> Sequences, IReadOnlyList<DateTimeOffset> PredictionTimes,
    IReadOnlyList<bool> AreProbabilitySamples)
{
    /// <summary>Longest time back: older labels say little about the present.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    public long LastSequence => Sequences.Count == 0 ? 0 : Sequences[^1];

    /// <summary>Labels up to a place in the history, that place included.</summary>
    public int CountThrough(long sequence) => Sequences.Count(s => s <= sequence);

    /// <summary>Place of the last label before the newest <paramref name="newest"/>; 0: there is none.</summary>
    public long SequenceBefore(int newest) => newest < Sequences.Count ? Sequences[^(newest + 1)] : 0;

    /// <summary>Reads the newest labels; those scored by another graph are scored again by the champion's.</summary>
    public static async Task<AdaptationLabels> ReadAsync(
        MonitorStore store, ModelState model, MonitorLease champion, LabelRange range, CancellationToken cancel)
    {
        // 64 MiB of vectors at most, however many classes there are.
        var bounded = Math.Clamp((16 << 20) / model.ClassCount, 100, range.Limit);
        var labelled = await store.LabelledRequestsAsync(model.Key, range.Now - Longest, bounded, cancel);
        var samples = new LabelledPrediction[labelled.Count];
        for (var i = 0; i < samples.Length; i++)
        {
            var request = labelled[i].Request;
            samples[i] = new LabelledPrediction(
                model.FoldKeyOf(request.PredictionId),
                request.Probabilities,
                request.PredictedClass,
                GraphOf(request.MonitorVersion) == champion.Monitor.GraphVersion ? request.MonitorLogit : Score(champion, request.Probabilities),
                labelled[i].Label == request.PredictedClass,
                request.IsProbabilitySample ? 1 / request.InclusionProbability : 1);
        }

        return new AdaptationLabels(
            samples,
            [.. labelled.Select(l => l.LabelSequence)],
            [.. labelled.Select(l => l.Request.PredictionTime)],
            [.. labelled.Select(l => l.Request.IsProbabilitySample)]);
    }

    /// <summary>Published logits of the champion on the newest <paramref name="count"/> samples.</summary>
    public double[] ChampionLogits(MonitorSnapshot champion, int count) =>
        [.. Samples.Skip(Samples.Count - count).Select(s => champion.Logit(s.MonitorLogit, s.Probabilities, s.PredictedClass))];

    private static string GraphOf(string monitorVersion) => monitorVersion.Split(MonitorManager.HeadSeparator)[0];

    /// <summary>Logit by the monitor's graph.</summary>
    public static double Score(MonitorLease monitor, float[] probabilities)
    {
        Span<float> logit = stackalloc float[1];
        Span<float> disagreement = stackalloc float[1];
        monitor.Scorer.Score(probabilities, 1, probabilities.Length, logit, disagreement);
        return logit[0];
    }
}

/// <param name="Limit">Labels, at most.</param>
/// <param name="Now">Labels up to now.</param>
internal sealed record LabelRange(int Limit, DateTimeOffset Now);
