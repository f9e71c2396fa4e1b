namespace AccuracyMonitor.Capture.Tap.Http2;

/// <summary>Walks over the fields of a header block without reading them, which needs no table.</summary>
internal static class HeaderBlock
{
    /// <param name="block">Its beginning, which has the fields of the request line.</param>
    /// <returns>Where the octet lies that stands for <c>:scheme: http</c>; -1: the block has none.</returns>
    public static int IndexOfSchemeHttp(ReadOnlySpan<byte> block)
    {
        for (var at = 0; at < block.Length;)
        {
            var octet = block[at];
            if (octet == (0x80 | StaticTable.SchemeHttp))
            {
                return at;
            }

            at = (octet & 0x80) != 0 ? AfterInteger(block, at, 7) : (octet & 0xe0) == 0x20 ? AfterInteger(block, at, 5) : AfterLiteral(block, at);
        }

        return -1;
    }

    private static int AfterLiteral(ReadOnlySpan<byte> block, int at)
    {
        var bits = (block[at] & 0x40) != 0 ? 6 : 4;
        var hasName = (block[at] & ((1 << bits) - 1)) == 0;
        at = AfterInteger(block, at, bits);
        return AfterString(block, hasName ? AfterString(block, at) : at);
    }

    private static int AfterString(ReadOnlySpan<byte> block, int at)
    {
        if (at >= block.Length)
        {
            return block.Length;
        }

        var length = block[at] & 0x7f;
        var next = at + 1;
        for (var shift = 0; length >= 0x7f && next < block.Length && shift <= 21; shift += 7)
        {
            length += (block[next] & 0x7f) << shift;
            if ((block[next++] & 0x80) == 0)
            {
                break;
            }
        }

        return Math.Min(block.Length, next + length);
    }

    private static int AfterInteger(ReadOnlySpan<byte> block, int at, int bits)
    {
        var most = (1 << bits) - 1;
        if ((block[at++] & most) < most)
        {
            return at;
        }

        while (at < block.Length && (block[at++] & 0x80) != 0)
        {
            // The integer goes on.
        }

        return at;
    }
}
