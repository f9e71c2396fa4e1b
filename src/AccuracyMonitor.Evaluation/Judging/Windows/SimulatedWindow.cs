using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Core.Recalibration;
using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Evaluation.LabelFree;
using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Evaluation.Judging.Windows;

/// <summary>One window drawn from a condition, with the labels that each way of choosing them gives. Everything is fixed by the generator it is made
/// with.</summary>
internal sealed class SimulatedWindow
{
    private readonly TraceCondition _condition;
    private readonly int[] _rows;
    private SoftmaxOutputs? _outputs;
    private (double Alpha, RecalibratedWindow Estimates)? _recalibrated;

    /// <param name="condition">What it was drawn from.</param>
    /// <param name="rows">The window's rows in order of time; one may occur twice.</param>
    /// <param name="monitor">Scores that are fixed before the window begins.</param>
    /// <param name="sampled">The window as the sidecar keeps it, and the labels that the sidecar's sampler chose.</param>
    /// <param name="budget">Labels.</param>
    /// <param name="random">For the yardsticks' draws.</param>
    public SimulatedWindow(TraceCondition condition, int[] rows, ConditionMonitor monitor, SampledWindow sampled, int budget, ref SplitMix64 random)
    {
        (_condition, _rows, Budget, Monitor) = (condition, rows, budget, monitor);
        Truth = rows.Count(row => condition.Correct[row]) / (double)rows.Length;
        Scores = [.. rows.Select(row => monitor.Scores[row])];
        Moments = ScoreMoments.Of(Scores);
        Uniform = Pick(budget, ref random);
        (Buckets, Chosen) = sampled;
        Random = random.Next();
    }

    public double Truth { get; }

    public int Budget { get; }

    public int Count => _rows.Length;

    public int ClassCount => _condition.Data.ClassCount;

    public ConditionMonitor Monitor { get; }

    /// <summary>g of each prediction.</summary>
    public double[] Scores { get; }

    public ScoreMoments Moments { get; }

    /// <summary>Simple random sample without replacement: places in the window.</summary>
    public int[] Uniform { get; }

    /// <summary>What the sampler chose: places in the window, with π.</summary>
    public IReadOnlyList<(int Place, double Inclusion)> Chosen { get; }

    /// <summary>The window as the sidecar keeps it, for <see cref="Chosen"/>.</summary>
    public Bucket[] Buckets { get; }

    /// <summary>Seed for what a method draws itself.</summary>
    public ulong Random { get; }

    /// <summary>How many of <see cref="Uniform"/> are right.</summary>
    public int UniformRight => Uniform.Count(IsCorrect);

    /// <summary>The window as label-free methods see it.</summary>
    public SoftmaxOutputs Outputs => _outputs ??= new SoftmaxOutputs([.. _rows.SelectMany(row => _condition.Data.Row(row).ToArray())], ClassCount);

    public bool IsCorrect(int place) => _condition.Correct[_rows[place]];

    /// <summary>The labels of <see cref="Uniform"/>, with equal π.</summary>
    public LabelPoint[] UniformPoints() => [.. Uniform.Select(place => new LabelPoint(Scores[place], Math.Min(1, (double)Budget / Count), IsCorrect(place)))];

    public LabelPoint[] ChosenPoints() => [.. Chosen.Select(c => new LabelPoint(Scores[c.Place], c.Inclusion, IsCorrect(c.Place)))];

    public LabelledPrediction[] ChosenSamples() => [.. Chosen.Select(c => Sample(c.Place, 1 / c.Inclusion))];

    /// <summary>The recorded row is the key: a row drawn twice must not be on both sides of a fold.</summary>
    public LabelledPrediction Sample(int place, double weight) => _condition.Sample(_rows[place], weight);

    /// <summary>The estimates recalibrated on the chosen labels, fitted once for all methods of one error level. Null: with so few or so many labels
    /// the sidecar publishes the estimate from the window's sums.</summary>
    public RecalibratedWindow? Recalibrated(double alpha)
    {
        if (!RecalibratedWindow.Applies(Chosen.Count))
        {
            return null;
        }

        if (_recalibrated is not { } kept || kept.Alpha != alpha)
        {
            _recalibrated = kept = (alpha, RecalibratedWindow.Estimate(Population(), ChosenSamples(), Monitor.Earlier, new RecalibrationHeadOptions(), alpha));
        }

        return kept.Estimates;
    }

    /// <summary>The label-free estimate that the sidecar publishes while its monitor is the one of the trace, without a head.</summary>
    public AccuracyEstimate MonitorWithoutHead(double alpha)
    {
        var sums = default(PredictionSums);
        foreach (var row in _rows)
        {
            sums.Add(new PredictionPoint(_condition.Scores[row], _condition.Confidences[row], Covered: true));
        }

        var options = Options(alpha, _condition.MonitorStandardError);
        return WindowEstimator.Estimate([Buckets[0] with { Predictions = sums }], monitorValid: true, options).LabelFree;
    }

    /// <summary>The estimates that the sidecar publishes from the window's sums.</summary>
    public WindowEstimate FromSums(double alpha) =>
        WindowEstimator.Estimate(Buckets, monitorValid: true, Options(alpha, Monitor.MeanScoreStandardError));

    // The least numbers are 1: a window with few labels is what is judged.
    private static EstimatorOptions Options(double alpha, double standardError) =>
        new() { Alpha = alpha, MinSamples = 1, MinLabels = 1, LabelFreeReferenceStandardError = standardError };

    public WindowPopulation Population()
    {
        var times = new double[_condition.Count];
        foreach (var row in _rows)
        {
            times[row]++;
        }

        var data = _condition.Data;
        return new WindowPopulation(data.Probabilities, _condition.MonitorLogits, _condition.PredictedClasses, data.ClassCount, times);
    }

    private int[] Pick(int count, ref SplitMix64 random)
    {
        var places = Enumerable.Range(0, Count).ToArray();
        random.Shuffle(places, count);
        return places[..count];
    }
}
