using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Core.Alarms;

/// <summary>
/// Evidence that accuracy is below the objective. A Shiryaev–Roberts e-detector (Shin, Ramdas and Rinaldo 2024) over a
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

    private readonly AccuracyAlarmOptions _options;
    private BetMixture _evidence = new(AccuracyBets.Count);
    private ChangeRuns _runs = new(AccuracyBets.Count);
    private AccuracyBets _bets;
    private readonly double _allowedError;
    private readonly double _logThreshold;
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
        _bets = new AccuracyBets(_allowedError, options.MinInclusionRatio);
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

        var weight = _bets.Place(label);
        _runs.Add(_bets.LogFactors, weight, label.Correct, 1 - _allowedError);
        _evidence.Update(0, _bets.LogFactors);
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

    /// <summary>Observes independently of this one from now on.</summary>
    public AccuracyAlarm Copy()
    {
        var copy = (AccuracyAlarm)MemberwiseClone();
        (copy._evidence, copy._runs, copy._bets) = (_evidence.Copy(), _runs.Copy(), _bets.Copy());
        return copy;
    }

    private string Reason()
    {
        if (_options.Objective is not { } objective)
        {
            return "No accuracy objective is set.";
        }

        var against = _options.Tolerance > 0
            ? $"{1 - _allowedError:0.###} (objective {objective:0.###} less {_options.Tolerance:0.###})"
            : $"the objective {objective:0.###}";
        if (!_firing)
        {
            return $"No evidence of a fall below {against} in {_labels} labels: e-value {EValue.Text(LogEvidence)}, fires at {EValue.Text(_logThreshold)}.";
        }

        var run = _runs.Best;
        var observed = run.Weight > 0 ? $"weighted accuracy of the last {run.Labels} labels is {run.Right / run.Weight:0.###}" : "it is recovering";
        return $"Accuracy has fallen below {against}: {observed}; e-value {EValue.Text(LogEvidence)}, fires at {EValue.Text(_logThreshold)}.";
    }
}
