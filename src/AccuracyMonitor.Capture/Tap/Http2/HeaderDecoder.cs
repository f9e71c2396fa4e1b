namespace AccuracyMonitor.Capture.Tap.Http2;

/// <summary>Reads the header blocks of one direction of a connection (HPACK, RFC 7541), in the order in which they pass.</summary>
internal sealed class HeaderDecoder
{
    /// <summary>Octets of its table; a sender that asks for more is not read. Servers and clients ask for 4,096 to 65,536.</summary>
    public const int MaxTableSize = 1 << 16;

    /// <summary>Sum of the sizes of a block's fields; one octet of a block may stand for a field as large as the table.</summary>
    public const int MaxFieldsSize = FrameScanner.MaxHeld;

    private const int DefaultTableSize = 4096;

    // The newest entry comes last. The first _evicted have left the table; their places are removed once they are half of all.
    private readonly List<HeaderField> _table = [];
    private int _evicted;
    private int _size;
    private int _maxSize = DefaultTableSize;

    /// <summary>Of its table. RFC 7541 counts 32 octets an entry; the two arrays and the place in the list take more.</summary>
    public int HeldBytes => 3 * _size;

    /// <param name="block">A complete header block.</param>
    /// <param name="fields">Appended to.</param>
    /// <exception cref="FormatException">It is no header block, or needs more than this keeps.</exception>
    public void Decode(ReadOnlySpan<byte> block, List<HeaderField> fields)
    {
        var left = MaxFieldsSize;
        var rest = block;
        while (rest.Length > 0)
        {
            var first = rest[0];
            if ((first & 0xe0) == 0x20)
            {
                Resize(HeaderOctets.ReadInteger(ref rest, 5));
                continue;
            }

            var field = (first & 0x80) != 0 ? At(HeaderOctets.ReadInteger(ref rest, 7)) : ReadLiteral(ref rest);
            left -= field.Size;
            if (left < 0)
            {
                throw new FormatException("headers that are too large");
            }

            fields.Add(field);
        }
    }

    private HeaderField ReadLiteral(ref ReadOnlySpan<byte> rest)
    {
        var isKept = (rest[0] & 0x40) != 0;
        var index = HeaderOctets.ReadInteger(ref rest, isKept ? 6 : 4);
        var name = index == 0 ? HeaderOctets.ReadString(ref rest) : At(index).Name;
        var field = new HeaderField(name, HeaderOctets.ReadString(ref rest));
        if (isKept)
        {
            Keep(field);
        }

        return field;
    }

    private HeaderField At(int index)
    {
        var own = index - StaticTable.Fields.Count;
        if (index == 0 || own > _table.Count - _evicted)
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
        while (_size > _maxSize)
        {
            _size -= _table[_evicted].Size;
            _table[_evicted++] = default;
        }

        if (_evicted > _table.Count / 2)
        {
            _table.RemoveRange(0, _evicted);
            _evicted = 0;
        }
    }
}
