using AccuracyMonitor.Core;

namespace AccuracyMonitor.Scoring.Networks;

/// <summary>
/// SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators"). All randomness that affects the content of a
/// monitor file comes from it, because its numbers never change between versions, unlike those of <see cref="Random"/> or of a tensor
/// library.
/// </summary>
public struct SplitMix64(ulong seed)
{
    /// <summary>What the state grows by at each step.</summary>
    public const ulong Increment = FibonacciHash.Factor;

    private ulong _state = seed;

    /// <summary>A generator for one purpose. Streams with different numbers do not overlap in practice.</summary>
    public static SplitMix64 Stream(ulong seed, ulong first, ulong second) =>
        new(Mix(Mix(Mix(seed) + (Increment * (first + 1))) + (Increment * (second + 1))));

    public ulong Next() => Mix(_state += Increment);

    /// <summary>Uniform on [0, 1), 53 bits.</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform on 0…bound−1; the bias of the multiply-shift is below bound/2⁶⁴.</summary>
    public int NextInt(int bound) => (int)Math.BigMul(Next(), (ulong)bound, out _);

    /// <summary>Fisher–Yates shuffle: moves <paramref name="count"/> elements drawn without replacement to the front.</summary>
    public void Shuffle(Span<int> items, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var j = i + NextInt(items.Length - i);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
