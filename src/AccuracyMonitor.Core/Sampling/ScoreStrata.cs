namespace AccuracyMonitor.Core.Sampling;

/// <summary>
/// Strata of the correctness score for stratified sampling with Neyman's allocation (Neyman 1934): five strata with equal shares of
/// Σ√(g(1−g)), each with a labelling density √(ḡ(1−ḡ)) relative to the mean. They are recomputed every 500 predictions from an
/// exponentially fading histogram of earlier ones, so the strata are fixed before a prediction is seen.
/// </summary>
internal sealed class ScoreStrata
{
    public const int StrataCount = 5;
    private const int Bins = 64;
    private const int RedrawEvery = 500;

    // Bins are a quarter wide in logit(g) and reach from 0.0003 to 0.9997.
    private const double BinsPerLogit = 4;
    private readonly double _floor;
    private readonly double[] _counts = new double[Bins];
    private readonly double[] _scores = new double[Bins];
    private readonly double[] _densities = new double[Bins];
    private int _sinceRedraw;

    public ScoreStrata(double floor)
    {
        _floor = floor;
        Array.Fill(_densities, 1);
    }

    /// <summary>Labelling density of the stratum of <paramref name="score"/>, relative to the mean density.</summary>
    public double Density(double score) => _densities[BinOf(score)];

    public void Add(double score)
    {
        var bin = BinOf(score);
        _counts[bin]++;
        _scores[bin] += score;
        if (++_sinceRedraw == RedrawEvery)
        {
            _sinceRedraw = 0;
            Redraw();
        }
    }

    private static int BinOf(double score)
    {
        var logit = Math.Log(Math.Max(score, 1e-12) / Math.Max(1 - score, 1e-12));
        return (int)Math.Clamp((logit * BinsPerLogit) + (Bins / 2.0), 0, Bins - 1);
    }

    private void Redraw()
    {
        Span<double> counts = stackalloc double[StrataCount];
        Span<double> scores = stackalloc double[StrataCount];
        Span<int> stratumOf = stackalloc int[Bins];
        Assign(stratumOf);
        for (var bin = 0; bin < Bins; bin++)
        {
            counts[stratumOf[bin]] += _counts[bin];
            scores[stratumOf[bin]] += _scores[bin];
            _counts[bin] /= 2;
            _scores[bin] /= 2;
        }

        double total = 0, weighted = 0;
        Span<double> deviations = stackalloc double[StrataCount];
        for (var k = 0; k < StrataCount; k++)
        {
            deviations[k] = counts[k] > 0 ? Deviation(scores[k] / counts[k]) : _floor;
            total += counts[k];
            weighted += counts[k] * deviations[k];
        }

        for (var bin = 0; bin < Bins; bin++)
        {
            _densities[bin] = deviations[stratumOf[bin]] * total / weighted;
        }
    }

    private void Assign(Span<int> stratumOf)
    {
        double total = 0;
        for (var bin = 0; bin < Bins; bin++)
        {
            total += Uncertainty(bin);
        }

        double before = 0;
        for (var bin = 0; bin < Bins; bin++)
        {
            var middle = before + (Uncertainty(bin) / 2);
            stratumOf[bin] = Math.Min(StrataCount - 1, (int)(StrataCount * middle / total));
            before += Uncertainty(bin);
        }
    }

    private double Uncertainty(int bin) => _counts[bin] > 0 ? _counts[bin] * Deviation(_scores[bin] / _counts[bin]) : 0;

    private double Deviation(double g) => Math.Max(_floor, Math.Sqrt(Math.Max(0, g * (1 - g))));
}
