using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Core.Alarms;

/// <summary>
/// Alarm A (SCIENCE 3.4): evidence that accuracy is below the objective. A Shiryaev–Roberts e-detector (Shin, Ramdas and Rinaldo 2024) over a
/// mixture of bets L = 1 + β·w·(e − ε₀), e = 1 for a wrong prediction, ε₀ the largest error that is allowed, w the label's weight. For one
/// owner: not thread-safe.
/// </summary>
/// <remarks>
/// A labelled prediction is a draw from the stream with density in proportion to π, so with w ∝ 1/π the mean of w·(e − ε₀) has the sign of
/// (error − ε₀), whatever the monitor is worth: E[L] ≤ 1 while the error is at most ε₀, label by label in any order of arrival, if answers are
/// missing at random. Then the average number of labels to a false alarm is at least <see cref="AccuracyAlarmOptions.AverageRunLength"/>.
/// Weights are in units of the running mean of π over predictions, known before the label; the first label only sets it. A label whose π is
/// under the least ratio is taken at the bound and lowers the unit at once, so that a sampler that slows down costs the guarantee a label or two
/// and not a stretch of them.
/// </remarks>
public sealed class AccuracyAlarm
{
    // Evidence kept beyond the threshold, in nats, and the share of the threshold at which the alarm ends.
    private const double Overshoot = 2.3;
    private const double EndAt = 0.5;

    // Labels that the running mean of 1/π looks back on: several times the noise of one weight, a fraction of a day's labels.
    private const int ScaleMemory = 200;

    // Bets as shares of the largest that can never lose everything: halves of halves, down to those for a change of a twentieth of ε₀.
    private static readonly double[] BetShares = [0.95, 0.5, 0.25, 0.125, 0.0625, 0.03125];

    private readonly AccuracyAlarmOptions _options;
    private readonly BetMixture _evidence = new(BetShares.Length);
    private readonly ChangeRuns _runs = new(BetShares.Length);
    private readonly double[] _logFactors = new double[BetShares.Length];
    private readonly double _allowedError;
    private readonly double _logThreshold;
    private double _inverseScale;
    private long _labels;
    private bool _firing;

    /// <exception cref="ArgumentOutOfRangeException">An option outside its range.</exception>
    public AccuracyAlarm(AccuracyAlarmOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        _options = options;

        // An objective of 1 allows no error at all; a floor keeps the bets finite and still lets one error decide.
        _allowedError = options.Objective is { } objective ? Math.Max(1e-6, 1 - objective + options.Tolerance) : 1;
        _logThreshold = options.Objective is null ? double.PositiveInfinity : Math.Log(options.AverageRunLength);
    }

    public AlarmVerdict Verdict => new(_firing, LogEvidence, _logThreshold, _labels, Reason());

    // Before the first bet it is worth what it starts with at the next label: 1.
    private double LogEvidence => double.IsNegativeInfinity(_evidence.Log) ? 0 : _evidence.Log;

    public void Observe(in LabelPoint label)
    {
        if (!(label.InclusionProbability > 0))
        {
            return;
        }

        _labels++;
        if (_options.Objective is null)
        {
            return;
        }

        var weight = Weigh(label.InclusionProbability);
        var gain = weight * ((label.Correct ? 0 : 1) - _allowedError);
        var largest = _options.MinInclusionRatio / _allowedError;
        for (var k = 0; k < BetShares.Length; k++)
        {
            _logFactors[k] = Math.Log(1 + (BetShares[k] * largest * gain));
        }

        _runs.Add(_logFactors, weight, label.Correct, 1 - _allowedError);
        _evidence.Update(0, _logFactors);
        _evidence.Limit(_logThreshold + Overshoot);
        if (!_firing)
        {
            _firing = _evidence.Log >= _logThreshold;
        }
        else if (_evidence.Log < EndAt * _logThreshold)
        {
            // What is left belongs to the alarm that has ended: the next one starts from nothing, or it would come sooner than promised.
            _firing = false;
            _evidence.Reset();
            _runs.Reset();
        }
    }

    private double Weigh(double inclusion)
    {
        var inverse = 1 / inclusion;
        var highest = 1 / _options.MinInclusionRatio;
        if (_labels == 1)
        {
            _inverseScale = inverse;
            return 0;
        }

        var weight = inverse / _inverseScale;
        if (weight > highest)
        {
            weight = highest;
            _inverseScale = inverse / highest;
        }

        _inverseScale += (inverse - _inverseScale) / Math.Min(_labels, ScaleMemory);
        return weight;
    }

    private string Reason()
    {
        if (_options.Objective is not { } objective)
        {
            return "No accuracy objective is set.";
        }

        var against = _options.Tolerance > 0
            ? $"{1 - _allowedError:P1} (objective {objective:P1} less {_options.Tolerance:P1})"
            : $"the objective {objective:P1}";
        if (!_firing)
        {
            return $"No evidence of a fall below {against} in {_labels} labels: e^{LogEvidence:F1}, fires at e^{_logThreshold:F1}.";
        }

        var run = _runs.Best;
        var observed = run.Weight > 0 ? $"weighted accuracy of the last {run.Labels} labels is {run.Right / run.Weight:P1}" : "it is recovering";
        return $"Accuracy has fallen below {against}: {observed}; evidence e^{LogEvidence:F1}, fires at e^{_logThreshold:F1}.";
    }
}
