namespace AccuracyMonitor.Capture.Tap.Http2;

/// <summary>Walks over the fields of a header block without reading them, which needs no table.</summary>
internal static class HeaderBlock
{
    /// <param name="block">Its beginning, which has the fields of the request line. It may be cut anywhere.</param>
    /// <returns>Where the octet lies that stands for <c>:scheme: http</c>; -1: the block has none.</returns>
    public static int IndexOfSchemeHttp(ReadOnlySpan<byte> block)
    {
        try
        {
            var rest = block;
            while (rest.Length > 0)
            {
                if (rest[0] == (0x80 | StaticTable.SchemeHttp))
                {
                    return block.Length - rest.Length;
                }

                SkipField(ref rest);
            }
        }
        catch (FormatException)
        {
            // Cut within a field.
        }

        return -1;
    }

    private static void SkipField(ref ReadOnlySpan<byte> rest)
    {
        var first = rest[0];
        if ((first & 0x80) != 0)
        {
            HeaderOctets.ReadInteger(ref rest, 7);
        }
        else if ((first & 0xe0) == 0x20)
        {
            HeaderOctets.ReadInteger(ref rest, 5);
        }
        else
        {
            if (HeaderOctets.ReadInteger(ref rest, (first & 0x40) != 0 ? 6 : 4) == 0)
            {
                HeaderOctets.SkipString(ref rest);
            }

            HeaderOctets.SkipString(ref rest);
        }
    }
}
