namespace AccuracyMonitor.Core.Sampling;

/// <summary>
/// Selects the most uncertain fraction b of a stream deterministically: the literal reading of Shao, Yang and Ren 2020 (arXiv 2007.01472),
/// kept as a baseline. The threshold is a running quantile of the uncertainty, from an exponentially fading histogram of earlier
/// predictions; the first 500 only initialise it.
/// </summary>
/// <remarks>
/// Predictions in the histogram bin of the threshold are selected only as far as b·n − (number selected) allows, so that ties (frequent
/// with a saturated model) do not exceed the fraction. A stream that suddenly becomes uncertain is limited in the same way until the
/// threshold has adapted.
/// </remarks>
internal sealed class UncertaintyCut
{
    // Bins of |logit(g)|, 1/64 wide, up to 16: the same resolution near one half and near one.
    private const int Bins = 1024;
    private const double BinsPerLogit = 64;
    private const int RedrawEvery = 500;

    // Largest lead or lag of the number selected: ten, and 240 predictions' worth as in BudgetControl.
    private const double SlackPicks = 10;
    private const double SlackPredictions = 240;
    private readonly double[] _counts = new double[Bins];
    private int _cut = Bins;
    private int _sinceRedraw;
    private double _credit;

    /// <summary>Whether a prediction with correctness score g is among the most uncertain fraction <paramref name="budget"/>.</summary>
    public bool Pick(double score, double budget)
    {
        var bin = BinOf(score);
        var slack = SlackPicks + (SlackPredictions * budget);
        _credit = Math.Min(_credit + budget, slack);
        var picked = bin > _cut ? _credit > 1 - slack : bin == _cut && _credit >= 1;
        if (picked)
        {
            _credit--;
        }

        _counts[bin]++;
        if (++_sinceRedraw == RedrawEvery)
        {
            _sinceRedraw = 0;
            Redraw(budget, _credit / slack);
        }

        return picked;
    }

    // The last bin is the most uncertain.
    private static int BinOf(double score)
    {
        var logit = Math.Log(Math.Max(score, 1e-12) / Math.Max(1 - score, 1e-12));
        return Bins - 1 - (int)Math.Min(Bins - 1, Math.Abs(logit) * BinsPerLogit);
    }

    private void Redraw(double budget, double behind)
    {
        // A factor from one half (largest lead) to one and a half (largest lag).
        var share = budget * (1 + (behind / 2));
        double total = 0;
        foreach (var count in _counts)
        {
            total += count;
        }

        double above = 0;
        _cut = Bins;
        do
        {
            above += _counts[--_cut];
        }
        while (above < share * total && _cut > 0);

        // The memory holds about ten predictions above the threshold, and at least a thousand in all.
        var kept = 1 - Math.Min(0.5, RedrawEvery * budget / 10);
        for (var bin = 0; bin < Bins; bin++)
        {
            _counts[bin] *= kept;
        }
    }
}
