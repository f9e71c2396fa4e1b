using System.Globalization;
using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Alarms;
using AccuracyMonitor.Core.Sampling;
using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Evaluation.Judging.Windows;
using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Evaluation.Judging;

/// <summary>How the alarms do on one file: false alarms where nothing is wrong, labels to an alarm after a shift.</summary>
internal sealed class AlarmSimulation(IReadOnlyList<TraceCondition> conditions, EvaluationOptions settings)
{
    /// <summary>Labels that a shifted stream runs for at most.</summary>
    public const int Horizon = 2000;

    /// <summary>Labels that a stream without anything to find runs for.</summary>
    public const int NullHorizon = 5000;

    /// <summary>Clean labels before a shift that comes late.</summary>
    public const int Quiet = 300;

    /// <summary>Tolerance of the accuracy alarm: with none, the clean stream itself is at the limit.</summary>
    public const double AccuracyTolerance = 0.02;

    // Five predictions in a hundred are labelled: the ratio of the inclusion probabilities is that of any budget, at a fraction of the draws.
    private const double Budget = 0.05;

    public IEnumerable<AlarmResult> Run()
    {
        var clean = conditions.Single(c => string.Equals(c.Name, TraceConditionReader.Clean, StringComparison.Ordinal));
        foreach (var condition in conditions.Where(c => c == clean || TraceConditionReader.IsSimulated(c)))
        {
            yield return Measure("validity", clean, condition, quiet: 0);
            yield return Measure("accuracy", clean, condition, quiet: 0);
            if (condition != clean)
            {
                yield return Measure("validity", clean, condition, Quiet);
                yield return Measure("accuracy", clean, condition, Quiet);
            }
        }
    }

    private AlarmResult Measure(string alarm, TraceCondition clean, TraceCondition condition, int quiet)
    {
        // Nothing to find: the clean stream, and for the validity alarm a shift that keeps P(right | score).
        var horizon = condition == clean
            || (alarm is "validity" && string.Equals(condition.Name, TraceConditionReader.Covariate, StringComparison.Ordinal)) ? NullHorizon : Horizon;
        var delays = Enumerable.Range(0, settings.Repeats).AsParallel()
            .Select(run => alarm is "validity" ? Validity(clean, condition, quiet, horizon, run) : Accuracy(clean, condition, quiet, horizon, run))
            .Order().ToArray();
        return new AlarmResult(
            condition.File, condition.Name, alarm, quiet, delays.Count(d => d < horizon) / (double)delays.Length, delays[delays.Length / 2],
            delays[delays.Length * 9 / 10]);
    }

    /// <summary>Smallest inclusion probability that counts, as a fraction of its mean, for the sampler that <see cref="LabelSampling"/> is.</summary>
    internal static double LeastInclusionRatio => UniformShareChoice.LeastInclusionRatio(new SamplerOptions().UniformShare);

    /// <summary>The validity alarm as the sidecar sets it by default.</summary>
    internal static ValidityAlarm NewValidity() => new(new ValidityAlarmOptions());

    /// <summary>The accuracy alarm as the sidecar sets it by default, with a tolerance.</summary>
    internal static AccuracyAlarm NewAccuracy(double objective) => new(new AccuracyAlarmOptions
    {
        Objective = objective,
        Tolerance = AccuracyTolerance,
        MinInclusionRatio = LeastInclusionRatio,
    });

    private int Validity(TraceCondition clean, TraceCondition condition, int quiet, int horizon, int run)
    {
        var alarm = NewValidity();
        return Delay(clean, condition, quiet, horizon, run, label => alarm.Observe(label), () => alarm.Verdict.Firing);
    }

    private int Accuracy(TraceCondition clean, TraceCondition condition, int quiet, int horizon, int run)
    {
        var alarm = NewAccuracy(clean.Accuracy);
        return Delay(clean, condition, quiet, horizon, run, label => alarm.Observe(label), () => alarm.Verdict.Firing);
    }

    private int Delay(TraceCondition clean, TraceCondition condition, int quiet, int horizon, int run, Action<LabelPoint> observe, Func<bool> fires)
    {
        var seed = Seeds.Of(settings.Seed + run, condition.File, condition.Name);
        var random = new SplitMix64(seed);
        var sampling = new SamplerOptions { Budget = Budget, Coin = CoinKey.FromSeed(seed), MaxRequestsPerHour = int.MaxValue };
        var sampler = new Sampler(sampling, new ModelKey(condition.File, condition.Name));
        var share = LabelSampling.NewShare();
        Span<char> id = stackalloc char[20];
        var labels = 0;
        for (long i = 0; labels < quiet + horizon; i++)
        {
            var source = labels < quiet ? clean : condition;
            sampler.UniformShare = share.UniformShare;
            var row = random.NextInt(source.Count);
            _ = i.TryFormat(id, out var length, provider: CultureInfo.InvariantCulture);
            var decision = sampler.Decide(id[..length], source.Scores[row], DateTimeOffset.UnixEpoch.AddSeconds(i));
            if (!decision.Selected)
            {
                continue;
            }

            var label = new LabelPoint(source.Scores[row], decision.InclusionProbability, source.Correct[row]);
            share.Observe(label);
            observe(label);
            labels++;
            if (labels > quiet && fires())
            {
                return labels - quiet;
            }
        }

        return horizon;
    }
}

/// <summary>One alarm in one condition. Delays are in labels, the horizon for "did not fire".</summary>
internal sealed record AlarmResult(string File, string Condition, string Alarm, int Quiet, double Fired, int MedianDelay, int NinthDecileDelay);
