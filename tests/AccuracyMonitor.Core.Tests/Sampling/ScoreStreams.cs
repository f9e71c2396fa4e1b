namespace AccuracyMonitor.Core.Tests.Sampling;

/// <summary>Streams of correctness scores that a sampler has to live with. Seeded.</summary>
internal static class ScoreStreams
{
    public const int Length = 40_000;

    public static IReadOnlyList<string> Names { get; } =
    [
        "steady", "all sure", "all unsure", "exactly right or wrong", "ten times less sure", "ten times surer", "back and forth",
        "autocorrelated", "bursts of doubt", "rare doubt", "drifting",
    ];

    public static double[] Make(string name, int seed = 1)
    {
        var random = new Random(seed);
        var state = 0.0;
        var scores = new double[Length];
        for (var t = 0; t < scores.Length; t++)
        {
            scores[t] = name switch
            {
                "steady" => Beta(random, 8),
                "all sure" => 1,
                "all unsure" => 0.5,
                "exactly right or wrong" => random.Next(2),
                "ten times less sure" => t < Length / 2 ? 0.9975 : 0.5,
                "ten times surer" => t < Length / 2 ? 0.5 : 0.9975,
                "back and forth" => t / 3_000 % 2 == 0 ? 0.9996 : 0.5 + (0.4 * random.NextDouble()),
                "autocorrelated" => 1 / (1 + Math.Exp(-(3 + (state = (0.999 * state) + (0.1 * Normal(random)))))),
                "bursts of doubt" => t % 5_000 < 300 ? 0.5 : 0.9996,
                "rare doubt" => random.NextDouble() < 0.01 ? 0.5 : 0.99999,
                "drifting" => 0.5 + (0.4999 * t / Length),
                _ => throw new ArgumentOutOfRangeException(nameof(name), name, "Unknown stream."),
            };
        }

        return scores;
    }

    private static double Beta(Random random, double a) => Math.Pow(random.NextDouble(), 1 / a);

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
