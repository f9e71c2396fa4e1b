using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace AccuracyMonitor.Core.Sampling;

/// <summary>
/// XXH64 of the UTF-16 little-endian code units of a text. The result is the same on every machine, in every run and in every language with
/// an xxHash library, so simulations can be repeated anywhere. Not for sampling decisions about
/// ids that somebody else chooses: see <see cref="KeyedHash"/>.
/// </summary>
public static class StableHash
{
    public static ulong Of(ReadOnlySpan<char> text, ulong seed = 0)
    {
        if (BitConverter.IsLittleEndian)
        {
            return XxHash64.HashToUInt64(MemoryMarshal.AsBytes(text), unchecked((long)seed));
        }

        var units = new ushort[text.Length];
        BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<char, ushort>(text), units);
        return XxHash64.HashToUInt64(MemoryMarshal.AsBytes(units.AsSpan()), unchecked((long)seed));
    }

    /// <summary>The upper 53 bits of the hash as a number in [0,1).</summary>
    public static double ToUniform(ulong hash) => (hash >> 11) * (1.0 / (1ul << 53));
}
