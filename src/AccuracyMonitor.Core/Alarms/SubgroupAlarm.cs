using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Core.Alarms;

/// <summary>
/// Tests whether one of many segments or classes is below its objective. It uses the bets of <see cref="AccuracyAlarm"/> as an e-process,
/// because the value of an e-process is an e-value at any time and that of an e-detector is not.
/// <see cref="EBenjaminiHochberg"/> compares these e-values. Not thread-safe: use one owner.
/// </summary>
public sealed class SubgroupAlarm
{
    // Cap on the evidence: all of it must be lost again before the alarm ends. An e-value of 160,000 is enough to fire one of 8,000
    // subgroups at a level of 5 %.
    private const double Ceiling = 12;

    private readonly double _objective;
    private AccuracyBets _bets;
    private BetMixture _evidence = new(AccuracyBets.Count);
    private double _reserve = 1;
    private long _labels;

    /// <param name="objective">Accuracy objective, (0,1].</param>
    /// <param name="minInclusionRatio">See <see cref="AccuracyAlarmOptions.MinInclusionRatio"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number outside its range.</exception>
    public SubgroupAlarm(double objective, double minInclusionRatio = 0.4)
    {
        new AccuracyAlarmOptions { Objective = objective, MinInclusionRatio = minInclusionRatio }.Check();
        _objective = objective;
        _bets = new AccuracyBets(Math.Max(1e-6, 1 - objective), minInclusionRatio);
    }

    /// <summary>Natural logarithm of the e-process; at most about 12.</summary>
    public double LogEvidence => BetMixture.LogAdd(_evidence.Log, Math.Log(_reserve));

    public void Observe(in LabelPoint label)
    {
        if (!(label.InclusionProbability > 0))
        {
            return;
        }

        var start = Stakes.After(_labels);
        _labels++;
        _bets.Place(label);
        _reserve = Math.Max(0, _reserve - start);
        _evidence.Update(Math.Log(start), _bets.LogFactors);
        _evidence.Limit(Ceiling);
    }

    /// <summary>Makes a copy that observes labels independently of this alarm.</summary>
    public SubgroupAlarm Copy()
    {
        var copy = (SubgroupAlarm)MemberwiseClone();
        (copy._evidence, copy._bets) = (_evidence.Copy(), _bets.Copy());
        return copy;
    }

    /// <param name="logThreshold">Log e-value at which the alarm fires, from <see cref="EBenjaminiHochberg"/>.</param>
    /// <param name="watched">Number of subgroups compared together.</param>
    public AlarmVerdict Verdict(double logThreshold, int watched)
    {
        var firing = LogEvidence >= logThreshold;
        var what = firing ? "Accuracy has fallen below" : "No evidence of a fall below";
        var reason =
            $"{what} the objective {_objective:0.###} in {_labels} labels: e-value {EValue.Text(LogEvidence)}, fires at {EValue.Text(logThreshold)} "
                + $"({watched} watched at once).";
        return new AlarmVerdict(firing, LogEvidence, logThreshold, _labels, reason);
    }
}
