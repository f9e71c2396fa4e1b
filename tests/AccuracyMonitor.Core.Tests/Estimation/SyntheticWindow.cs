using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Core.Sampling;
using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Core.Tests.Estimation;

/// <summary>A made-up deployed model: how often it is right where the monitor says g.</summary>
/// <param name="Name">For the test's output.</param>
/// <param name="Score">Draws g.</param>
/// <param name="Right">P(right) given g.</param>
public sealed record Population(string Name, Func<Random, double> Score, Func<double, double> Right)
{
    /// <summary>Most predictions nearly certain, some doubtful: what a good classifier's scores look like.</summary>
    public static double Sharp(Random random) => 1 - (0.5 * Math.Pow(random.NextDouble(), 8));

    public static double Broad(Random random) => 0.3 + (0.7 * Math.Sqrt(random.NextDouble()));

    public override string ToString() => Name;
}

/// <summary>Windows of a population, sampled by the real sampler.</summary>
internal sealed class SyntheticWindow(Population population, SamplerOptions sampling, int seed)
{
    private const int Buckets = 12;
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;
    private readonly Random _random = new(seed);
    private readonly Sampler _sampler = new(sampling with { Coin = CoinKey.FromSeed((ulong)seed), MaxRequestsPerHour = int.MaxValue }, new ModelKey("m", "1"));
    private int _id;

    /// <param name="predictions">In the window.</param>
    /// <param name="answered">P(a request is answered) by place in the window, [0,1).</param>
    /// <param name="right">P(right) by g and place; null: the population's.</param>
    public (Bucket[] Buckets, double Accuracy) Draw(
        int predictions, Func<double, double>? answered = null, Func<double, double, double>? right = null)
    {
        var buckets = new Bucket[Buckets];
        var correct = 0;
        for (var b = 0; b < Buckets; b++)
        {
            var made = default(PredictionSums);
            var labels = default(LabelSums);
            for (var i = b * predictions / Buckets; i < (b + 1) * predictions / Buckets; i++)
            {
                var place = (double)i / predictions;
                var g = population.Score(_random);
                var isRight = _random.NextDouble() < (right?.Invoke(g, place) ?? population.Right(g));
                correct += isRight ? 1 : 0;
                var decision = _sampler.Decide($"{_id}", g, Start.AddSeconds(_id++));
                made.Add(new PredictionPoint(g, g, decision.Covered));
                if (decision.Selected)
                {
                    made.Requested++;
                    if (_random.NextDouble() < (answered?.Invoke(place) ?? 1))
                    {
                        labels.Add(new LabelPoint(g, decision.InclusionProbability, isRight));
                    }
                    else
                    {
                        labels.Unanswered++;
                    }
                }
            }

            buckets[b] = new Bucket(Start.AddMinutes(b), TimeSpan.FromMinutes(1), made, labels);
        }

        return (buckets, (double)correct / predictions);
    }
}
