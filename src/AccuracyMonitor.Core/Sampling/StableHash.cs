using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AccuracyMonitor.Core.Sampling;

/// <summary>
/// XXH64 (Collet, "xxHash fast digest algorithm", version 0.1.1) of a text's UTF-16 little-endian code units: the same on any machine, in
/// any run, and in any language that has xxHash, so that a sampling decision can be checked by somebody else. Not for secrets.
/// </summary>
public static class StableHash
{
    private const ulong Prime1 = 0x9E3779B185EBCA87;
    private const ulong Prime2 = 0xC2B2AE3D27D4EB4F;
    private const ulong Prime3 = 0x165667B19E3779F9;
    private const ulong Prime4 = 0x85EBCA77C2B2AE63;
    private const ulong Prime5 = 0x27D4EB2F165667C5;
    private const int CharsPerLane = 4;
    private const int CharsPerStripe = 16;

    public static ulong Of(ReadOnlySpan<char> text, ulong seed = 0)
    {
        var rest = text;
        ulong hash;
        if (rest.Length >= CharsPerStripe)
        {
            var v1 = unchecked(seed + Prime1 + Prime2);
            var v2 = unchecked(seed + Prime2);
            var v3 = seed;
            var v4 = unchecked(seed - Prime1);
            while (rest.Length >= CharsPerStripe)
            {
                v1 = Round(v1, Lane(rest));
                v2 = Round(v2, Lane(rest[CharsPerLane..]));
                v3 = Round(v3, Lane(rest[(2 * CharsPerLane)..]));
                v4 = Round(v4, Lane(rest[(3 * CharsPerLane)..]));
                rest = rest[CharsPerStripe..];
            }

            hash = unchecked(BitOperations.RotateLeft(v1, 1) + BitOperations.RotateLeft(v2, 7)
                + BitOperations.RotateLeft(v3, 12) + BitOperations.RotateLeft(v4, 18));
            hash = MergeRound(hash, v1);
            hash = MergeRound(hash, v2);
            hash = MergeRound(hash, v3);
            hash = MergeRound(hash, v4);
        }
        else
        {
            hash = unchecked(seed + Prime5);
        }

        hash = unchecked(hash + ((ulong)text.Length * sizeof(char)));
        return Finish(hash, rest);
    }

    /// <summary>The upper 53 bits as a number in [0,1).</summary>
    public static double ToUniform(ulong hash) => (hash >> 11) * (1.0 / (1ul << 53));

    private static ulong Finish(ulong hash, ReadOnlySpan<char> rest)
    {
        while (rest.Length >= CharsPerLane)
        {
            hash ^= Round(0, Lane(rest));
            hash = unchecked((BitOperations.RotateLeft(hash, 27) * Prime1) + Prime4);
            rest = rest[CharsPerLane..];
        }

        if (rest.Length >= 2)
        {
            hash ^= unchecked((rest[0] | ((ulong)rest[1] << 16)) * Prime1);
            hash = unchecked((BitOperations.RotateLeft(hash, 23) * Prime2) + Prime3);
            rest = rest[2..];
        }

        if (rest.Length > 0)
        {
            hash = Byte(hash, rest[0] & 0xFFu);
            hash = Byte(hash, (uint)rest[0] >> 8);
        }

        hash = unchecked((hash ^ (hash >> 33)) * Prime2);
        hash = unchecked((hash ^ (hash >> 29)) * Prime3);
        return hash ^ (hash >> 32);
    }

    // Little-endian by definition: a big-endian machine gets the same number.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Lane(ReadOnlySpan<char> c) => BitConverter.IsLittleEndian
        ? MemoryMarshal.Read<ulong>(MemoryMarshal.AsBytes(c))
        : c[0] | ((ulong)c[1] << 16) | ((ulong)c[2] << 32) | ((ulong)c[3] << 48);

    private static ulong Round(ulong accumulator, ulong lane) =>
        unchecked(BitOperations.RotateLeft(accumulator + (lane * Prime2), 31) * Prime1);

    private static ulong MergeRound(ulong hash, ulong accumulator) => unchecked(((hash ^ Round(0, accumulator)) * Prime1) + Prime4);

    private static ulong Byte(ulong hash, ulong value) => unchecked(BitOperations.RotateLeft(hash ^ (value * Prime5), 11) * Prime1);
}
