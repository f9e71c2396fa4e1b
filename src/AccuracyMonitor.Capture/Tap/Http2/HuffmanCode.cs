using System.Buffers;

namespace AccuracyMonitor.Capture.Tap.Http2;

/// <summary>The Huffman code of RFC 7541, appendix B. It is canonical, so the lengths of its codes say all.</summary>
internal static class HuffmanCode
{
    private const int EndOfString = 256;
    private const int Longest = 30;

    private static readonly ushort[] Symbols = [.. Enumerable.Range(0, Lengths.Length).OrderBy(s => Lengths[s]).Select(s => (ushort)s)];

    // By length: the first code, and the place of its symbol.
    private static readonly uint[] FirstCode = new uint[Longest + 2];
    private static readonly int[] FirstSymbol = new int[Longest + 2];

    static HuffmanCode()
    {
        var (code, symbol) = (0u, 0);
        for (var length = 1; length <= Longest; length++)
        {
            var count = Lengths.Count((byte)length);
            (FirstCode[length], FirstSymbol[length]) = (code, symbol);
            code = (code + (uint)count) << 1;
            symbol += count;
        }

        FirstSymbol[Longest + 1] = symbol;
    }

    /// <summary>In bits, of each symbol.</summary>
    private static ReadOnlySpan<byte> Lengths =>
    [
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
        6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
        13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
        15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
        20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
        22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
        26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
        20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
        30,
    ];

    /// <exception cref="FormatException">It is no Huffman code.</exception>
    public static byte[] Decode(ReadOnlySpan<byte> coded)
    {
        var decoded = new ArrayBufferWriter<byte>(Math.Max(1, coded.Length * 8 / 5));
        var (code, length) = (0u, 0);
        foreach (var octet in coded)
        {
            for (var bit = 7; bit >= 0; bit--)
            {
                code = (code << 1) | (uint)((octet >> bit) & 1);
                if (++length > Longest)
                {
                    throw new FormatException("a code longer than any");
                }

                var place = (int)(code - FirstCode[length]);
                if (code < FirstCode[length] || place >= FirstSymbol[length + 1] - FirstSymbol[length])
                {
                    continue;
                }

                var symbol = Symbols[FirstSymbol[length] + place];
                if (symbol == EndOfString)
                {
                    throw new FormatException("the end of the string within it");
                }

                decoded.GetSpan(1)[0] = (byte)symbol;
                decoded.Advance(1);
                (code, length) = (0, 0);
            }
        }

        // What fills the last octet is the beginning of the end of the string, ones.
        return length < 8 && code == (1u << length) - 1 ? decoded.WrittenSpan.ToArray() : throw new FormatException("wrong padding");
    }
}
