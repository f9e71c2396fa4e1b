namespace AccuracyMonitor.Core;

/// <summary>Multiplicative hashing by the golden ratio (Knuth, The Art of Computer Programming, volume 3, section 6.4).</summary>
public static class FibonacciHash
{
    /// <summary>2⁶⁴ ÷ golden ratio, rounded to an odd number. A product with it spreads numbers that differ in few bits over the high bits.</summary>
    public const ulong Factor = 0x9E3779B97F4A7C15;
}
