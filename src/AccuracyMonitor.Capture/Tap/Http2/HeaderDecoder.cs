namespace AccuracyMonitor.Capture.Tap.Http2;

/// <summary>Reads the header blocks of one direction of a connection (HPACK, RFC 7541), in the order in which they pass.</summary>
internal sealed class HeaderDecoder
{
    /// <summary>Octets of its table; a sender that asks for more is not read. Servers and clients ask for 4,096 to 65,536.</summary>
    public const int MaxTableSize = 1 << 20;

    private const int DefaultTableSize = 4096;

    // The newest entry comes last.
    private readonly List<HeaderField> _table = [];
    private int _size;
    private int _maxSize = DefaultTableSize;

    /// <param name="block">Whole.</param>
    /// <param name="fields">Appended to.</param>
    /// <exception cref="FormatException">It is no header block, or needs more than this keeps.</exception>
    public void Decode(ReadOnlySpan<byte> block, List<HeaderField> fields)
    {
        var rest = block;
        while (rest.Length > 0)
        {
            var first = rest[0];
            if ((first & 0x80) != 0)
            {
                fields.Add(At(ReadInteger(ref rest, 7)));
            }
            else if ((first & 0xe0) == 0x20)
            {
                Resize(ReadInteger(ref rest, 5));
            }
            else
            {
                var isKept = (first & 0x40) != 0;
                var index = ReadInteger(ref rest, isKept ? 6 : 4);
                var name = index == 0 ? ReadString(ref rest) : At(index).Name;
                var field = new HeaderField(name, ReadString(ref rest));
                fields.Add(field);
                if (isKept)
                {
                    Keep(field);
                }
            }
        }
    }

    private static int ReadInteger(ref ReadOnlySpan<byte> rest, int bits)
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

    private static byte[] ReadString(ref ReadOnlySpan<byte> rest)
    {
        var isCoded = rest.Length > 0 && (rest[0] & 0x80) != 0;
        var length = ReadInteger(ref rest, 7);
        if (length > rest.Length)
        {
            throw new FormatException("a block that is cut short");
        }

        var octets = rest[..length];
        rest = rest[length..];
        return isCoded ? HuffmanCode.Decode(octets) : octets.ToArray();
    }

    private HeaderField At(int index)
    {
        var own = index - StaticTable.Fields.Count;
        if (index == 0 || own > _table.Count)
        {
            throw new FormatException("an index beyond the table");
        }

        return own <= 0 ? StaticTable.Fields[index - 1] : _table[^own];
    }

    private void Resize(int size)
    {
        if (size > MaxTableSize)
        {
            throw new FormatException("a table that is too large");
        }

        _maxSize = size;
        Evict();
    }

    private void Keep(HeaderField field)
    {
        _table.Add(field);
        _size += field.Size;
        Evict();
    }

    private void Evict()
    {
        var oldest = 0;
        while (_size > _maxSize)
        {
            _size -= _table[oldest++].Size;
        }

        _table.RemoveRange(0, oldest);
    }
}
