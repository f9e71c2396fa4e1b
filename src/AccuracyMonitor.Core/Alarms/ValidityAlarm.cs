using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Core.Alarms;

/// <summary>
/// Evidence that the monitor's scores are too high (docs/science/alarms.md). The null hypothesis is P(right | x) ≥ g₀(x) for every x, with
/// g₀ the score less its tolerances; a bet is L = q(y)/g₀(y) with q ≤ g₀. Fires on concept shift; silent on covariate shift, however strong,
/// where the scores still hold. Latches until <see cref="Restart"/>. For one owner: not thread-safe.
/// </summary>
/// <remarks>
/// p·q/g₀ + (1−p)·(1−q)/(1−g₀) falls in p when q ≤ g₀ and is 1 at p = g₀, so E[L | x] ≤ 1 under the null whatever x was chosen and why: the
/// sampling needs no weights, and labels may come in any order. Bets begin again and again with <see cref="Stakes"/> that add up to 1, so the
/// whole is an e-process: the chance that it ever reaches 1/α is at most α (Ville 1939). One-sided: a monitor that promises too little is not
/// called invalid.
/// </remarks>
public sealed class ValidityAlarm
{
    // Scores of exactly 0 and 1 promise what no data can hold: without a bound one label would decide alone.
    private const double LeastNull = 1e-4;

    // Alternatives: a share of the right answers turned wrong whatever the score, and scores over-confident by so many logits.
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

    /// <summary>Begins anew: for another monitor.</summary>
    public void Restart()
    {
        _evidence.Reset();
        _runs.Reset();
        _firedRun = default;
        _reserve = 1;
        _firedAt = 0;
        _labels = 0;
    }

    /// <summary>Observes independently of this one from now on.</summary>
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
    private static double Shifted(double p, double shift)
    {
        var odds = p * Math.Exp(-shift);
        return odds / (odds + 1 - p);
    }

    private string Reason() => Firing
        ? $"The monitor no longer fits: of the last {_firedRun.Labels} labels {_firedRun.Right:F0} were right, and it promised, less its tolerance, "
            + $"{_firedRun.Expected:F1}; e-value {EValue.Text(_firedAt)}, fires at {EValue.Text(_logThreshold)}."
        : $"No evidence against the monitor in {_labels} labels: e-value {EValue.Text(LogEvidence)}, fires at {EValue.Text(_logThreshold)}.";
}
