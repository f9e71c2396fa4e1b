namespace AccuracyMonitor.Cli.Evaluation;

/// <summary>
/// SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators", OOPSLA). A seeded <see cref="Random"/> is a
/// lagged subtractive generator whose draws are not independent enough for millions of them in threes; this one also stays the same on every
/// runtime.
/// </summary>
internal sealed class SplitMix(ulong seed)
{
    private ulong _state = seed;

    /// <summary>[0,1).</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1ul << 53));

    /// <summary>0…<paramref name="bound"/>−1; biased by less than bound·2⁻⁵³.</summary>
    public int Next(int bound) => (int)(NextDouble() * bound);

    private ulong NextBits()
    {
        var z = _state = unchecked(_state + 0x9E3779B97F4A7C15);
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EB);
        return z ^ (z >> 31);
    }
}
