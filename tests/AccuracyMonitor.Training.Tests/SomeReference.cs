using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Recalibration;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Training.Tests;

/// <summary>A drawn world: softmax vectors, and predictions that are right with a probability that the confidence tells only in part:
/// one predicted class of each three is wrong more often.</summary>
internal static class SomeReference
{
    public static ReferenceSet Draw(int count, int classes, ulong seed, double wrongShare = 0.5)
    {
        var random = SplitMix64.Stream(seed, 1, 1);
        var set = new ReferenceSet(new float[count * classes], new int[count], classes);
        for (var i = 0; i < count; i++)
        {
            var row = set.Probabilities.AsSpan(i * classes, classes);
            var predicted = random.NextInt(classes);
            var margin = 1 + (7 * random.NextDouble());
            var sum = 0.0;
            for (var k = 0; k < classes; k++)
            {
                row[k] = (float)Math.Exp(k == predicted ? margin + Math.Log(classes) : random.NextDouble());
                sum += row[k];
            }

            for (var k = 0; k < classes; k++)
            {
                row[k] = (float)(row[k] / sum);
            }

            var right = random.NextDouble() < row[predicted] * (predicted % 3 == 0 ? 1 - wrongShare : 1);
            set.Labels[i] = right ? predicted : (predicted + 1 + random.NextInt(classes - 1)) % classes;
        }

        return set;
    }

    public static bool[] Correct(ReferenceSet set) =>
        [.. Enumerable.Range(0, set.Count).Select(i => FeatureEncoding.PredictedClass(set.Row(i)) == set.Labels[i])];

    public static LabelledPrediction[] Labels(ReferenceSet set, byte[] monitor)
    {
        var logits = Logits(monitor, set);
        var correct = Correct(set);
        return [.. Enumerable.Range(0, set.Count).Select(i =>
            new LabelledPrediction($"id-{i}", set.Row(i).ToArray(), FeatureEncoding.PredictedClass(set.Row(i)), logits[i], correct[i], 1 + (i % 3)))];
    }

    public static double[] Logits(byte[] monitor, ReferenceSet set)
    {
        using var scorer = EnsembleScorer.Load(monitor, new ScorerOptions(ExecutionProvider.Cpu));
        var logits = new float[set.Count];
        scorer.Score(set.Probabilities, set.Count, set.ClassCount, logits, new float[set.Count]);
        return [.. logits.Select(l => (double)l)];
    }
}
