using System.Globalization;
using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Sampling;
using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Evaluation.Judging.Windows;

/// <summary>Chooses labels the sidecar's way: its sampler, one prediction after another, into the buckets of a window.</summary>
internal sealed class LabelSampling(string file, string condition, ulong seed)
{
    private const int BucketsPerWindow = 60;
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;
    private readonly ModelKey _model = new(file, condition);
    private Sampler? _sampler;
    private double _share;
    private long _id;

    /// <param name="condition">The condition.</param>
    /// <param name="rows">Its rows in order of time.</param>
    /// <param name="monitor">What scores them.</param>
    /// <param name="budget">Labels on average.</param>
    /// <param name="share">The sidecar's choice of the uniform share: it knows the labels of earlier windows, and is told those of this one.</param>
    public SampledWindow Draw(
        TraceCondition condition, int[] rows, ConditionMonitor monitor, int budget, UniformShareChoice share)
    {
        var scores = monitor.Scores;
        var sampler = SamplerFor((double)budget / rows.Length);
        sampler.UniformShare = share.UniformShare;
        var buckets = new Bucket[Math.Min(BucketsPerWindow, rows.Length)];
        List<(int, double)> chosen = [];
        Span<char> id = stackalloc char[20];
        for (var b = 0; b < buckets.Length; b++)
        {
            var predictions = default(PredictionSums);
            var labels = default(LabelSums);
            var end = (int)((long)rows.Length * (b + 1) / buckets.Length);
            for (var place = (int)((long)rows.Length * b / buckets.Length); place < end; place++)
            {
                var row = rows[place];
                _id++;
                _ = _id.TryFormat(id, out var length, provider: CultureInfo.InvariantCulture);
                var decision = sampler.Decide(id[..length], scores[row], Start.AddSeconds(_id));
                predictions.Add(new PredictionPoint(scores[row], condition.Confidences[row], decision.Covered));
                if (decision.Selected)
                {
                    predictions.Requested++;
                    var label = new LabelPoint(scores[row], decision.InclusionProbability, condition.Correct[row]);
                    labels.Add(label);
                    chosen.Add((place, decision.InclusionProbability));
                    share.Observe(label);
                    sampler.UniformShare = share.UniformShare;
                }
            }

            buckets[b] = new Bucket(Start.AddMinutes(b), TimeSpan.FromMinutes(1), predictions, labels);
        }

        return new SampledWindow(buckets, chosen);
    }

    /// <summary>The choice of the uniform share as a sidecar starts with it.</summary>
    public static UniformShareChoice NewShare()
    {
        var options = new SamplerOptions();
        return new UniformShareChoice(options.Floor, options.UniformShare);
    }

    private Sampler SamplerFor(double share)
    {
        if (_sampler is null || share != _share)
        {
            // No hourly cap: the budget of a window is what is being compared.
            _share = share;
            _sampler = new Sampler(new SamplerOptions { Budget = share, Coin = CoinKey.FromSeed(seed), MaxRequestsPerHour = int.MaxValue }, _model);
        }

        return _sampler;
    }
}

/// <param name="Buckets">The window as the sidecar keeps it.</param>
/// <param name="Chosen">Places in the window, each with its π.</param>
internal sealed record SampledWindow(Bucket[] Buckets, IReadOnlyList<(int Place, double Inclusion)> Chosen);
