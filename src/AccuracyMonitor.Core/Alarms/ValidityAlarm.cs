using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Core.Alarms;

/// <summary>
/// Tests whether the monitor's scores are too high (docs/science/alarms.md). The null hypothesis is P(correct | x) ≥ g₀(x) for every x,
/// where g₀ is the score minus its tolerances. A bet is L = q(y)/g₀(y) with q ≤ g₀. The alarm fires on concept shift. It does not fire on
/// covariate shift, however strong, as long as the scores remain right. It stays on until <see cref="Restart"/>. Not thread-safe: use one
/// owner.
/// </summary>
/// <remarks>
/// p·q/g₀ + (1−p)·(1−q)/(1−g₀) decreases in p when q ≤ g₀ and equals 1 at p = g₀. So E[L | x] ≤ 1 under the null hypothesis, however x was
/// chosen: labels need no sampling weights and may come in any order. New bets begin regularly with <see cref="Stakes"/> that add up to 1,
/// so the mixture is an e-process: the probability that it ever reaches 1/α is at most α (Ville 1939). The test is one-sided: scores that
/// are too low do not fire it.
/// </remarks>
public sealed class ValidityAlarm
{
    // Scores are clamped: with a score of exactly 0 or 1 a single label would decide.
    private const double LeastNull = 1e-4;

    // Alternative hypotheses: a fraction of the correct answers turned wrong independently of the score, and scores too high by a number of
    // logits.
    private static readonly double[] ConceptShares = [0.05, 0.15, 0.4, 0.8];
    private static readonly double[] LogitShifts = [0.5, 1.5, 3];

    private readonly ValidityAlarmOptions _options;
    private BetMixture _evidence = new(ConceptShares.Length + LogitShifts.Length);
    private ChangeRuns _runs = new(ConceptShares.Length + LogitShifts.Length);
    private double[] _logFactors = new double[ConceptShares.Length + LogitShifts.Length];
    private readonly double _logThreshold;
    private LabelRun _firedRun;
    private double _reserve = 1;
    private double _firedAt;
    private long _labels;

    /// <exception cref="ArgumentOutOfRangeException">An option outside its range.</exception>
    public ValidityAlarm(ValidityAlarmOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        _options = options;
        _logThreshold = -Math.Log(options.Alpha);
    }

    public AlarmVerdict Verdict => new(Firing, LogEvidence, _logThreshold, _labels, Reason());

    private bool Firing => _firedAt > 0;

    private double LogEvidence => BetMixture.LogAdd(_evidence.Log, Math.Log(_reserve));

    public void Observe(in LabelPoint label)
    {
        var start = Stakes.After(_labels);
        _labels++;
        var g = double.IsNaN(label.Score) ? 0.5 : Math.Clamp(label.Score, 0, 1);
        var promised = Promised(g);
        for (var k = 0; k < _logFactors.Length; k++)
        {
            var bet = k < ConceptShares.Length
                ? promised * (1 - ConceptShares[k])
                : Shifted(promised, LogitShifts[k - ConceptShares.Length]);
            _logFactors[k] = label.Correct ? Math.Log(bet / promised) : Math.Log((1 - bet) / (1 - promised));
        }

        _runs.Add(_logFactors, 1, label.Correct, promised);
        _reserve = Math.Max(0, _reserve - start);
        _evidence.Update(Math.Log(start), _logFactors);
        if (!Firing && LogEvidence >= _logThreshold)
        {
            _firedAt = LogEvidence;
            _firedRun = _runs.Best;
        }
    }

    /// <summary>Discards all evidence; call this when the monitor changes.</summary>
    public void Restart()
    {
        _evidence.Reset();
        _runs.Reset();
        _firedRun = default;
        _reserve = 1;
        _firedAt = 0;
        _labels = 0;
    }

    /// <summary>Makes a copy that observes labels independently of this alarm.</summary>
    public ValidityAlarm Copy()
    {
        var copy = (ValidityAlarm)MemberwiseClone();
        (copy._evidence, copy._runs, copy._logFactors) = (_evidence.Copy(), _runs.Copy(), [.. _logFactors]);
        return copy;
    }

    /// <summary>g₀, within (0,1).</summary>
    private double Promised(double g)
    {
        var lowered = Shifted(Math.Clamp(g, LeastNull, 1 - LeastNull), _options.LogitTolerance) * (1 - _options.Tolerance);
        return Math.Max(lowered, LeastNull / 2);
    }

    /// <summary>The probability whose logit is lower by <paramref name="shift"/>.</summary>
    private static double Shifted(double p, double shift) => Logistic.Sigmoid(Logistic.Logit(p) - shift);

    private string Reason() => Firing
        ? $"The monitor no longer fits: of the last {_firedRun.Labels} labels {_firedRun.Right:F0} were right, and it promised, less its tolerance, "
            + $"{_firedRun.Expected:F1}; e-value {EValue.Text(_firedAt)}, fires at {EValue.Text(_logThreshold)}."
        : $"No evidence against the monitor in {_labels} labels: e-value {EValue.Text(LogEvidence)}, fires at {EValue.Text(_logThreshold)}.";
}
