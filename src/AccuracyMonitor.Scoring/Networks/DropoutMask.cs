namespace AccuracyMonitor.Scoring.Networks;

/// <summary>
/// Which hidden units a member keeps. Monte-Carlo dropout with fixed masks: a member is always the same sub-network, so a score is
/// repeatable and can be audited. A mask is a function of (seed, member, layer) only. It drops an exact number of units, so that all
/// members have the same size and dropped units need not be computed.
/// </summary>
public static class DropoutMask
{
    /// <summary>Number of units kept in a layer: width·(1−rate), rounded, at least 1.</summary>
    public static int KeptCount(int width, double rate) => Math.Max(1, (int)Math.Round(width * (1 - rate), MidpointRounding.AwayFromZero));

    /// <summary>Factor of a kept unit, which makes the layer's expected sum equal to that without dropout.</summary>
    public static float Scale(int width, double rate) => (float)width / KeptCount(width, rate);

    /// <summary>Indices of the kept units, ascending: the first draws of a Fisher–Yates shuffle of 0…width−1 by
    /// <see cref="SplitMix64.Stream"/>(seed, member, layer).</summary>
    /// <param name="seed"><see cref="MonitorMetadata.MaskSeed"/>.</param>
    /// <param name="member">0…T−1.</param>
    /// <param name="layer">Hidden layer, from 0.</param>
    /// <param name="width">Units of the layer.</param>
    /// <param name="rate">Fraction dropped, [0, 1).</param>
    public static int[] Kept(ulong seed, int member, int layer, int width, double rate)
    {
        var units = new int[width];
        for (var i = 0; i < width; i++)
        {
            units[i] = i;
        }

        var kept = KeptCount(width, rate);
        var random = SplitMix64.Stream(seed, (ulong)member, (ulong)layer);
        random.Shuffle(units, kept);
        Array.Sort(units, 0, kept);
        return units[..kept];
    }
}
