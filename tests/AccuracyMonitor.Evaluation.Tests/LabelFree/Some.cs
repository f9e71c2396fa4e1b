using AccuracyMonitor.Core;
using AccuracyMonitor.Evaluation.LabelFree;

namespace AccuracyMonitor.Evaluation.Tests.LabelFree;

internal static class Some
{
    /// <summary>Rows of two classes from the first one's probability.</summary>
    public static float[] Binary(params float[] first) => [.. first.SelectMany(p => new[] { p, 1 - p })];

    /// <summary>Two classes, class 0 predicted at each confidence, right or wrong.</summary>
    public static LabelledReference Reference(params (float Confidence, bool Right)[] rows) =>
        new(new ReferenceSet(Binary([.. rows.Select(r => r.Confidence)]), [.. rows.Select(r => r.Right ? 0 : 1)], 2));

    public static SoftmaxOutputs Window(params float[] first) => new(Binary(first), 2);

    /// <summary>Random softmax rows, labels drawn from them with logits times <paramref name="trust"/>.</summary>
    public static ReferenceSet Draw(int seed, int n, int k, double spread = 3, double trust = 1)
    {
        var random = new Random(seed);
        var (p, labels) = (new float[n * k], new int[n]);
        for (var i = 0; i < n; i++)
        {
            var z = Enumerable.Range(0, k).Select(_ => spread * (random.NextDouble() + random.NextDouble() - 1)).ToArray();
            Softmax(z, 1).Select(x => (float)x).ToArray().CopyTo(p, i * k);
            var target = random.NextDouble();
            var truth = Softmax(z, trust);
            for (; labels[i] < k - 1 && target >= truth[labels[i]]; labels[i]++)
            {
                target -= truth[labels[i]];
            }
        }

        return new ReferenceSet(p, labels, k);
    }

    public static double[] Softmax(double[] z, double scale)
    {
        var e = z.Select(x => Math.Exp(scale * (x - z.Max()))).ToArray();
        return [.. e.Select(x => x / e.Sum())];
    }
}
