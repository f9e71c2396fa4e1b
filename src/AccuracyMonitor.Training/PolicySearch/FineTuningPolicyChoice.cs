using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Recalibration;
using AccuracyMonitor.Training.Networks;
using AccuracyMonitor.Training.Schedules;

namespace AccuracyMonitor.Training.PolicySearch;

/// <summary>Picks a policy for one fine-tuning by cross-fitting on its own labels, within a time budget.</summary>
public static class FineTuningPolicyChoice
{
    /// <summary>Tried in this order beside the constant, while time is left. Their steps are percentages of a run. Rates are near the default constant of
    /// fine-tuning, because labels are few and a larger rate moves the monitor further.</summary>
    public static IReadOnlyList<RatePolicy> Candidates { get; } =
    [
        RatePolicy.Parse("COS k0=0.003 k1=0 l=100; over 100"),
        RatePolicy.Parse("POLY k0=0.001 p=1.2 l=100; over 100"),
        RatePolicy.Parse("COS k0=0.01 k1=0 l=100; over 100"),
        RatePolicy.Parse("FIX k0=0.0003"),
        RatePolicy.Parse("TRI2 k0=0.0003 k1=0.003 l=12.5; over 100"),
        RatePolicy.Parse("FIX k0=0.003"),
    ];

    /// <summary>The candidate of the least cross-fitted loss if it beats the constant by more than the standard error of the labels' paired
    /// differences; else the constant stays.</summary>
    /// <param name="champion">Monitor file.</param>
    /// <param name="labels">At least 2.</param>
    /// <param name="options">With the constant rate.</param>
    /// <param name="budget">No candidate is begun after it; the constant always is tried.</param>
    /// <param name="time">Measures the budget.</param>
    /// <param name="cancel">Checked between two batches.</param>
    public static FineTuningPolicy Pick(
        ReadOnlyMemory<byte> champion, IReadOnlyList<LabelledPrediction> labels, FineTuneOptions options, TimeSpan budget, TimeProvider time,
        CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        var started = time.GetTimestamp();
        var weight = labels.Average(l => l.Weight);
        double[] Losses(FineTuneOptions tried) => [.. MonitorTrainer.CrossFitLogits(champion, labels, tried, tried.Folds, cancel)
            .Zip(labels, (z, l) => l.Weight / weight * Logistic.SoftPlus(l.Correct ? -z : z))];

        var constant = Losses(options with { LearningRatePolicy = null });
        var best = (Policy: (RatePolicy?)null, Losses: constant);
        var tried = 1;
        foreach (var candidate in Candidates.TakeWhile(_ => time.GetElapsedTime(started) < budget))
        {
            var losses = Losses(options with { LearningRatePolicy = candidate.ToString() });
            tried++;
            if (losses.Average() < best.Losses.Average())
            {
                best = (candidate, losses);
            }
        }

        double[] gains = [.. constant.Zip(best.Losses, (c, b) => c - b)];
        var error = ConfidenceSpread.StandardDeviation(gains) / Math.Sqrt(gains.Length);
        return new FineTuningPolicy(gains.Average() > error ? best.Policy?.ToString() : null, tried, constant.Average(), best.Losses.Average());
    }
}

/// <param name="Policy">Null: the constant.</param>
/// <param name="Tried">The constant included.</param>
/// <param name="ConstantLoss">Cross-fitted weighted logistic loss of the constant, nats.</param>
/// <param name="BestLoss">Of the best tried, nats.</param>
public sealed record FineTuningPolicy(string? Policy, int Tried, double ConstantLoss, double BestLoss);
