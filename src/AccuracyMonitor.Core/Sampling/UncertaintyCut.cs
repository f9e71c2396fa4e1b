namespace AccuracyMonitor.Core.Sampling;

/// <summary>
/// Picks, without chance, the most uncertain share b of a stream: the literal reading of the paper (Shao, Yang, Ren 2020), kept as a
/// baseline. The cut is a running quantile of the uncertainty, from a fading histogram of earlier predictions; the first 500 only set it.
/// </summary>
/// <remarks>
/// Predictions in the cut's own bin are taken as the credit b·n − picked allows, so that ties (a saturated model gives many) do not spend
/// more than the share; a stream that turns uncertain at once is held back the same way until the cut has followed.
/// </remarks>
internal sealed class UncertaintyCut
{
    // Bins of |logit(g)|, as fine near one half as near one: a 64th wide, up to 16.
    private const int Bins = 1024;
    private const double BinsPerLogit = 64;
    private const int RedrawEvery = 500;

    // Furthest that picks run ahead of the share or behind it: ten, and 240 predictions' worth as under BudgetControl.
    private const double SlackPicks = 10;
    private const double SlackPredictions = 240;
    private readonly double[] _counts = new double[Bins];
    private int _cut = Bins;
    private int _sinceRedraw;
    private double _credit;

    /// <summary>Whether a prediction of correctness score g is among the most uncertain share <paramref name="budget"/>.</summary>
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
        // Half as much again where the picks are furthest behind, half as much where they are furthest ahead.
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

        // Remembers some ten predictions above the cut, or a thousand in all if that is more.
        var kept = 1 - Math.Min(0.5, RedrawEvery * budget / 10);
        for (var bin = 0; bin < Bins; bin++)
        {
            _counts[bin] *= kept;
        }
    }
}
