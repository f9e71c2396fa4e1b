using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Demo.Corruptions;

/// <summary>
/// Random numbers of one image: a generator for each costs nothing to seed, and no image's noise depends on how many came before it.
/// </summary>
internal struct SeededNoise
{
    // The shipped classifier's training images were put in order with these: other constants would rebuild another file.
    private const ulong ItemSalt = 0xD1B54A32D192ED03;

    private SplitMix64 _random;
    private double _spare;
    private bool _hasSpare;

    public SeededNoise(ulong seed, ulong item)
    {
        _random = new SplitMix64(new SplitMix64(seed).Next() ^ new SplitMix64(unchecked((item ^ ItemSalt) - SplitMix64.Increment)).Next());
        _spare = 0;
        _hasSpare = false;
    }

    /// <summary>[0, 1).</summary>
    public double Uniform() => _random.NextDouble();

    /// <summary>Standard normal, by the polar method (Marsaglia 1964).</summary>
    public double Normal()
    {
        if (_hasSpare)
        {
            _hasSpare = false;
            return _spare;
        }

        double u, v, s;
        do
        {
            u = (2 * Uniform()) - 1;
            v = (2 * Uniform()) - 1;
            s = (u * u) + (v * v);
        }
        while (s is >= 1 or 0);

        var scale = Math.Sqrt(-2 * Math.Log(s) / s);
        _spare = v * scale;
        _hasSpare = true;
        return u * scale;
    }
}
