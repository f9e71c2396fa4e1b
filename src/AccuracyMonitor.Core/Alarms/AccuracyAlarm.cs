using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Core.Alarms;

/// <summary>
/// Tests whether accuracy is below the objective: a Shiryaev–Roberts e-detector (Shin, Ramdas and Rinaldo 2024, "E-detectors", section 2)
/// over a mixture of bets L = 1 + β·w·(e − ε₀). Here e = 1 for a wrong prediction, ε₀ is the largest allowed error rate and w is the
/// label's weight. Not thread-safe: use one owner.
/// </summary>
/// <remarks>
/// Labelled predictions are drawn from the stream with density proportional to π. With w ∝ 1/π, the mean of w·(e − ε₀) therefore has the
/// sign of (error − ε₀), however good or bad the monitor is. So E[L] ≤ 1 while the error rate is at most ε₀, in any order of arrival,
/// provided that answers are missing at random. The average number of labels until a false alarm is then at least <see
/// cref="AccuracyAlarmOptions.AverageRunLength"/>. Weights are divided by a running mean of π over predictions, which is known before the
/// label. The first label only initialises this mean. If a label's π is below the minimum ratio, its weight is capped and the mean is
/// lowered at once. A sampler that slows down therefore breaks the guarantee for one or two labels only.
/// </remarks>
public sealed class AccuracyAlarm
{
    // Nats of evidence kept above the threshold, and the fraction of the threshold below which the alarm ends.
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

        // An objective of 1 allows no error. A small floor keeps the bets finite; one error is still enough to fire.
        _allowedError = options.Objective is { } objective ? Math.Max(1e-6, 1 - objective + options.Tolerance) : 1;
        _bets = new AccuracyBets(_allowedError, options.MinInclusionRatio);
        _logThreshold = options.Objective is null ? double.PositiveInfinity : Math.Log(options.AverageRunLength);
    }

    public AlarmVerdict Verdict => new(_firing, LogEvidence, _logThreshold, _labels, Reason());

    // Before the first label the evidence is the starting value of the next label: 1.
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
            // The remaining evidence belongs to the alarm that has ended. Keeping it would fire the next alarm sooner than the average run
            // length allows.
            _firing = false;
            _evidence.Reset();
            _runs.Reset();
        }
    }

    /// <summary>Makes a copy that observes labels independently of this alarm.</summary>
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
