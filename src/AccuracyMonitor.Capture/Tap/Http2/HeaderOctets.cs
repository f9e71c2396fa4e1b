namespace AccuracyMonitor.Capture.Tap.Http2;

/// <summary>Integers and strings of a header block (RFC 7541, section 5). Each method takes what it reads from the front of the rest.</summary>
internal static class HeaderOctets
{
    /// <param name="rest">Of the block.</param>
    /// <param name="bits">Of the first octet that belong to the integer.</param>
    /// <exception cref="FormatException">It is cut short, or larger than any that is used.</exception>
    public static int ReadInteger(ref ReadOnlySpan<byte> rest, int bits)
    {
        var most = (1 << bits) - 1;
        long value = Take(ref rest) & most;
        if (value < most)
        {
            return (int)value;
        }

        for (var shift = 0; shift <= 28; shift += 7)
        {
            var octet = Take(ref rest);
            value += (long)(octet & 0x7f) << shift;
            if ((octet & 0x80) == 0)
            {
                return value <= int.MaxValue ? (int)value : throw new FormatException("an integer that is too large");
            }
        }

        throw new FormatException("an integer that is too long");
    }

    /// <exception cref="FormatException">It is cut short, or no Huffman code.</exception>
    public static byte[] ReadString(ref ReadOnlySpan<byte> rest)
    {
        var octets = TakeString(ref rest, out var isCoded);
        return isCoded ? HuffmanCode.Decode(octets) : octets.ToArray();
    }

    /// <exception cref="FormatException">It is cut short.</exception>
    public static void SkipString(ref ReadOnlySpan<byte> rest) => TakeString(ref rest, out _);

    private static ReadOnlySpan<byte> TakeString(ref ReadOnlySpan<byte> rest, out bool isCoded)
    {
        isCoded = rest.Length > 0 && (rest[0] & 0x80) != 0;
        var length = ReadInteger(ref rest, 7);
        if (length > rest.Length)
        {
            throw new FormatException("a block that is cut short");
        }

        var octets = rest[..length];
        rest = rest[length..];
        return octets;
    }

    private static byte Take(ref ReadOnlySpan<byte> rest)
    {
        if (rest.Length == 0)
        {
            throw new FormatException("a block that is cut short");
        }

        var octet = rest[0];
        rest = rest[1..];
        return octet;
    }
}
