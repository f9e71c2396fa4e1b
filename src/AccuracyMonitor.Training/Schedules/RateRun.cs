namespace AccuracyMonitor.Training.Schedules;

/// <summary>A policy during one run. Not thread-safe.</summary>
public sealed class RateRun
{
    private readonly RatePolicy _policy;
    private readonly double _totalSteps;
    private readonly double _stretch;
    private readonly List<double> _losses = [];
    private double _segmentStart;
    private double _latest;
    private int _waiting;

    internal RateRun(RatePolicy policy, double totalSteps)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(totalSteps);
        (_policy, _totalSteps, _stretch) = (policy, totalSteps, policy.Over is { } over ? over / totalSteps : 1);
        Segment = policy.Plateau?.Start ?? 0;
    }

    /// <summary>Index of the segment in use; only a plateau rule changes it.</summary>
    public int Segment { get; private set; }

    /// <summary>Whether <see cref="Observe"/> changes anything.</summary>
    public bool ListensToLoss => _policy.Plateau is not null;

    /// <summary>The rate at a step of this run, 0, 1, 2, …</summary>
    public double At(double step)
    {
        _latest = step;
        return _policy.Plateau is null ? _policy.At(step * _stretch) : _policy.Segments[Segment].At((step - _segmentStart) * _stretch);
    }

    /// <summary>Passes the held-out loss after an epoch; only a plateau rule uses it.</summary>
    public void Observe(double heldOutLoss)
    {
        if (_policy.Plateau is not { } rule)
        {
            return;
        }

        _losses.Add(heldOutLoss);
        _waiting = Math.Max(0, _waiting - 1);
        if (_waiting > 0 || _losses.Count < rule.Patience || Improvement(rule.Patience) >= rule.Threshold)
        {
            return;
        }

        var next = Segment + ((_latest + 1) / _totalSteps > rule.Settle ? 1 : -1);
        if (next < 0 || next >= _policy.Segments.Count)
        {
            return;
        }

        (Segment, _segmentStart, _waiting) = (next, _latest + 1, rule.Cooldown + 1);
    }

    private double Improvement(int values)
    {
        var best = double.NegativeInfinity;
        for (var i = _losses.Count - values + 1; i < _losses.Count; i++)
        {
            best = Math.Max(best, _losses[i - 1] - _losses[i]);
        }

        return best;
    }
}
