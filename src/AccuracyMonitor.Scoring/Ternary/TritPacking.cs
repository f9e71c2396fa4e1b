namespace AccuracyMonitor.Scoring.Ternary;

/// <summary>Packs five trits per byte in base 3 (3⁵ = 243 of 256 values): 1.6 bits per weight, a fifth less than two bits per
/// weight.</summary>
internal static class TritPacking
{
    private const int PerByte = 5;
    private const int Values = 243;

    public static int Length(int trits) => (trits + PerByte - 1) / PerByte;

    /// <param name="trits">Each −1, 0 or 1.</param>
    public static byte[] Pack(ReadOnlySpan<sbyte> trits)
    {
        var packed = new byte[Length(trits.Length)];
        for (var i = trits.Length - 1; i >= 0; i--)
        {
            packed[i / PerByte] = (byte)((packed[i / PerByte] * 3) + trits[i] + 1);
        }

        return packed;
    }

    /// <exception cref="MonitorFileException">A byte is above 242, so it is not five packed trits.</exception>
    public static sbyte[] Unpack(ReadOnlySpan<byte> packed, int count)
    {
        var trits = new sbyte[count];
        for (var i = 0; i < packed.Length; i++)
        {
            var rest = packed[i] < Values
                ? packed[i]
                : throw new MonitorFileException($"Ternary monitor: byte {i} of a layer's weights is {packed[i]}; it must be 0 to {Values - 1}.");
            for (var at = i * PerByte; at < Math.Min(count, (i + 1) * PerByte); at++)
            {
                trits[at] = (sbyte)((rest % 3) - 1);
                rest /= 3;
            }
        }

        return trits;
    }
}
