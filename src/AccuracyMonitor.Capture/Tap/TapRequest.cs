namespace AccuracyMonitor.Capture.Tap;

/// <summary>What the tap reads of a request's head.</summary>
internal sealed class TapRequest(IReadOnlyList<string> idHeaders)
{
    private readonly string?[] _ids = new string?[idHeaders.Count];

    public string Method { get; set; } = "";

    /// <summary>As it is on the wire: nothing decoded, with the query.</summary>
    public string Target { get; set; } = "";

    public string? ContentType { get; private set; }

    /// <summary>The first value of each header that may bring the call's id, in the order of the setting.</summary>
    public IReadOnlyList<string?> Ids => _ids;

    /// <summary>The target's path, still encoded.</summary>
    public string Path
    {
        get
        {
            var path = Target;
            if (!path.StartsWith('/') && path.IndexOf("://", StringComparison.Ordinal) is > 0 and var scheme)
            {
                var start = path.IndexOf('/', scheme + 3);
                path = start < 0 ? "/" : path[start..];
            }

            var end = path.AsSpan().IndexOfAny('?', '#');
            return end < 0 ? path : path[..end];
        }
    }

    /// <summary>Keeps a header, if it is one of those that are read.</summary>
    public void Take(HeaderField field)
    {
        if (field.Is("content-type"u8))
        {
            ContentType ??= field.Text;
        }

        for (var i = 0; i < _ids.Length; i++)
        {
            if (field.Is(idHeaders[i]))
            {
                _ids[i] ??= field.Text;
            }
        }
    }
}
