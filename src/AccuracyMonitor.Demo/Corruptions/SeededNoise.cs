namespace AccuracyMonitor.Demo.Corruptions;

/// <summary>
/// SplitMix64 (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014): one generator per image costs nothing to
/// seed, and its stream is fixed for ever, which <see cref="Random"/> does not promise across runtimes.
/// </summary>
internal struct SeededNoise
{
    private ulong _state;
    private double _spare;
    private bool _hasSpare;

    public SeededNoise(ulong seed, ulong item)
    {
        _state = Mix(seed + 0x9E3779B97F4A7C15UL) ^ Mix(item ^ 0xD1B54A32D192ED03UL);
        _spare = 0;
        _hasSpare = false;
    }

    /// <summary>[0, 1).</summary>
    public double Uniform()
    {
        _state += 0x9E3779B97F4A7C15UL;
        return (Mix(_state) >> 11) * (1.0 / (1UL << 53));
    }

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

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
