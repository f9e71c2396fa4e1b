using System.Globalization;
using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Recalibration;
using AccuracyMonitor.Core.Sampling;
using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Evaluation.Judging;
using AccuracyMonitor.Evaluation.Judging.Windows;
using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Cli.Tests.Evaluation;

/// <summary>A recorded stream in two windows, with the labels that <c>evaluate</c> chooses. Between them the monitor may get a head.</summary>
internal sealed class RecordedStream
{
    public const int RowsPerWindow = 700;
    public const int Budget = 210;
    public const ulong Seed = 7;

    public static readonly ModelKey Model = new("parity", "1");

    private readonly UniformShareChoice _share = LabelSampling.NewShare();
    private readonly LabelSampling _sampling = new(Model.Model, Model.Version, Seed);

    public RecordedStream(TraceCondition condition, bool recalibrated)
    {
        // The keyed hash of the prediction's id decides its fold; the id is place + 1, as the sampler's.
        var folds = CoinKey.FromSeed(Seed).Folds(Model);
        Condition = condition with
        {
            Sources = [.. Enumerable.Range(1, condition.Count)],
            FoldKey = source => folds.Of(source.ToString(CultureInfo.InvariantCulture)).ToString("x16", CultureInfo.InvariantCulture),
        };
        var untouched = ConditionMonitor.Untouched(Condition);
        (First, var first) = Draw(0, untouched);
        Earlier = First.ChosenSamples();
        (Second, var second) = Draw(RowsPerWindow, (recalibrated ? Recalibrated() : untouched) with { Earlier = Earlier });
        var both = new SampledWindow(
            [.. first.Buckets, .. second.Buckets],
            [.. first.Chosen, .. second.Chosen.Select(c => (c.Place + RowsPerWindow, c.Inclusion))]);
        Both = Window([.. Enumerable.Range(0, 2 * RowsPerWindow)], Second.Monitor with { Earlier = [] }, both);
    }

    public TraceCondition Condition { get; }

    public SimulatedWindow First { get; }

    public SimulatedWindow Second { get; }

    /// <summary>First and second together.</summary>
    public SimulatedWindow Both { get; }

    /// <summary>Labels of the first window.</summary>
    public IReadOnlyList<LabelledPrediction> Earlier { get; }

    /// <summary>g as it was when the prediction was made.</summary>
    public double ScoreAt(int place) => place < RowsPerWindow ? First.Scores[place] : Second.Scores[place - RowsPerWindow];

    public static string SegmentAt(int place) => place % 3 == 0 ? "eu" : "";

    public int PredictedClassAt(int place) => Condition.PredictedClasses[place];

    /// <summary>The labels of some of the predictions, in the order of the stream.</summary>
    public IEnumerable<LabelPoint> Labels(Func<int, bool> which) => Both.Chosen.Where(c => which(c.Place)).Select(
        c => new LabelPoint(ScoreAt(c.Place), c.Inclusion, Condition.Correct[c.Place]));

    /// <summary>Sums of some of the predictions and of their labels.</summary>
    public Bucket Sums(Func<int, bool> which)
    {
        var predictions = default(PredictionSums);
        foreach (var place in Enumerable.Range(0, Condition.Count).Where(which))
        {
            predictions.Add(new PredictionPoint(ScoreAt(place), Condition.Confidences[place], Covered: true));
        }

        var labels = default(LabelSums);
        foreach (var label in Labels(which))
        {
            labels.Add(label);
            predictions.Requested++;
        }

        return new Bucket(DateTimeOffset.UnixEpoch, TimeSpan.FromHours(1), predictions, labels);
    }

    /// <summary>Labels of the uniform sample, and how many of them say "right": the sampler again, for what <c>evaluate</c> does not keep.</summary>
    public (int Labels, int Right) UniformLabels()
    {
        var share = LabelSampling.NewShare();
        var options = new SamplerOptions { Budget = (double)Budget / RowsPerWindow, Coin = CoinKey.FromSeed(Seed), MaxRequestsPerHour = int.MaxValue };
        var sampler = new Sampler(options, Model);
        var (labels, right) = (0, 0);
        for (var place = 0; place < Condition.Count; place++)
        {
            sampler.UniformShare = share.UniformShare;
            var decision = sampler.Decide($"{place + 1}", ScoreAt(place), DateTimeOffset.UnixEpoch);
            if (decision.Selected)
            {
                share.Observe(new LabelPoint(ScoreAt(place), decision.InclusionProbability, Condition.Correct[place]));
                labels += decision.Uniform ? 1 : 0;
                right += decision.Uniform && Condition.Correct[place] ? 1 : 0;
            }
        }

        return (labels, right);
    }

    private (SimulatedWindow Window, SampledWindow Sampled) Draw(int from, ConditionMonitor monitor)
    {
        int[] rows = [.. Enumerable.Range(from, RowsPerWindow)];
        var sampled = _sampling.Draw(Condition, rows, monitor, Budget, _share);
        return (Window(rows, monitor, sampled), sampled);
    }

    private SimulatedWindow Window(int[] rows, ConditionMonitor monitor, SampledWindow sampled)
    {
        var random = new SplitMix64(Seed);
        return new SimulatedWindow(Condition, rows, monitor, sampled, Budget, ref random);
    }

    // The head that the sidecar's trial prefers after the labels of the first window.
    private ConditionMonitor Recalibrated()
    {
        var trial = new HeadTrial(Condition.Data.ClassCount, champion: null, new RecalibrationHeadOptions());
        trial.Observe(Earlier, 0);
        return ConditionMonitor.FittedOn(Condition, trial.FittedTo);
    }
}
