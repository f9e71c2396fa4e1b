using AccuracyMonitor.Core.Recalibration;

namespace AccuracyMonitor.Core.Tests.Recalibration;

/// <summary>Labelled predictions of a made-up classifier. Seeded.</summary>
internal static class LabelledPredictions
{
    /// <param name="correctness">P(right) from the monitor's logit, the softmax vector and the predicted class.</param>
    public static LabelledPrediction[] Make(int count, int classes, int seed, Func<double, float[], int, double>? correctness = null)
    {
        var random = new Random(seed);
        correctness ??= (m, _, _) => 1 / (1 + Math.Exp(-m));
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            var p = Softmax(random, classes);
            var predicted = Array.IndexOf(p, p.Max());
            var m = ScoreCalibration.ConfidenceLogit(p);
            var right = random.NextDouble() < correctness(m, p, predicted);
            return new LabelledPrediction($"s{seed}-{i}", p, predicted, m, right, 0.5 + (3 * random.NextDouble()));
        })];
    }

    public static float[] Softmax(Random random, int classes)
    {
        var logits = Enumerable.Range(0, classes).Select(_ => -3 * Math.Log(random.NextDouble() + 1e-9)).ToArray();
        var most = logits.Max();
        var sum = logits.Sum(z => Math.Exp(z - most));
        return [.. logits.Select(z => (float)(Math.Exp(z - most) / sum))];
    }
}
