using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace AccuracyMonitor.Core.Sampling;

/// <summary>
/// SipHash-2-4 (Aumasson and Bernstein 2012, "SipHash: a fast short-input PRF") of the UTF-16 little-endian code units of a text: a
/// pseudorandom function, so its values cannot be predicted without the 128-bit key. The tests hold it to the paper's test vectors.
/// </summary>
/// <param name="k0">First half of the key, little-endian.</param>
/// <param name="k1">Second half of the key.</param>
[StructLayout(LayoutKind.Auto)]
public readonly struct KeyedHash(ulong k0, ulong k1)
{
    public ulong Of(ReadOnlySpan<char> text)
    {
        if (BitConverter.IsLittleEndian)
        {
            return OfBytes(MemoryMarshal.AsBytes(text));
        }

        var units = new ushort[text.Length];
        BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<char, ushort>(text), units);
        return OfBytes(MemoryMarshal.AsBytes(units.AsSpan()));
    }

    internal ulong OfBytes(ReadOnlySpan<byte> message)
    {
        var state = new State(k0, k1);
        var rest = message;
        for (; rest.Length >= sizeof(ulong); rest = rest[sizeof(ulong)..])
        {
            state.Absorb(BinaryPrimitives.ReadUInt64LittleEndian(rest));
        }

        var last = (ulong)message.Length << 56;
        for (var i = 0; i < rest.Length; i++)
        {
            last |= (ulong)rest[i] << (8 * i);
        }

        state.Absorb(last);
        return state.Finish();
    }

    // The names are those of the paper.
    [StructLayout(LayoutKind.Auto)]
    private ref struct State(ulong k0, ulong k1)
    {
        private ulong _v0 = k0 ^ 0x736f6d6570736575;
        private ulong _v1 = k1 ^ 0x646f72616e646f6d;
        private ulong _v2 = k0 ^ 0x6c7967656e657261;
        private ulong _v3 = k1 ^ 0x7465646279746573;

        public void Absorb(ulong word)
        {
            _v3 ^= word;
            Round();
            Round();
            _v0 ^= word;
        }

        public ulong Finish()
        {
            _v2 ^= 0xff;
            Round();
            Round();
            Round();
            Round();
            return _v0 ^ _v1 ^ _v2 ^ _v3;
        }

        private void Round()
        {
            _v0 += _v1;
            _v1 = BitOperations.RotateLeft(_v1, 13) ^ _v0;
            _v0 = BitOperations.RotateLeft(_v0, 32);
            _v2 += _v3;
            _v3 = BitOperations.RotateLeft(_v3, 16) ^ _v2;
            _v0 += _v3;
            _v3 = BitOperations.RotateLeft(_v3, 21) ^ _v0;
            _v2 += _v1;
            _v1 = BitOperations.RotateLeft(_v1, 17) ^ _v2;
            _v2 = BitOperations.RotateLeft(_v2, 32);
        }
    }
}
