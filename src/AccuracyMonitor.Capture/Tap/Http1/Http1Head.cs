using System.Text;

namespace AccuracyMonitor.Capture.Tap.Http1;

/// <summary>The first line and the headers of an HTTP/1.1 message.</summary>
internal sealed class Http1Head
{
    private readonly List<HeaderField> _fields = [];

    private Http1Head(string first) => FirstLine = first;

    public string FirstLine { get; }

    public IReadOnlyList<HeaderField> Fields => _fields;

    /// <summary>The length that the headers give; null: none.</summary>
    public long? ContentLength { get; private set; }

    public bool IsChunked { get; private set; }

    /// <param name="head">With the empty line.</param>
    /// <exception cref="FormatException">It can't be told how long the body is.</exception>
    public static Http1Head Parse(ReadOnlySpan<byte> head)
    {
        Http1Head? parsed = null;
        foreach (var range in head.Split((byte)'\n'))
        {
            var line = head[range].TrimEnd((byte)'\r');
            if (parsed is null)
            {
                parsed = new Http1Head(Encoding.Latin1.GetString(line));
            }
            else if (line.IndexOf((byte)':') is > 0 and var colon)
            {
                parsed.Take(new HeaderField(line[..colon].ToArray(), line[(colon + 1)..].Trim(" \t"u8).ToArray()));
            }
        }

        return parsed!;
    }

    private void Take(HeaderField field)
    {
        _fields.Add(field);
        if (field.Is("transfer-encoding"u8))
        {
            IsChunked = field.Text.TrimEnd().EndsWith("chunked", StringComparison.OrdinalIgnoreCase);
        }
        else if (field.Is("content-length"u8))
        {
            if (!long.TryParse(field.Value, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var length)
                || (ContentLength is { } other && other != length))
            {
                throw new FormatException("no length");
            }

            ContentLength = length;
        }
    }
}
