namespace AccuracyMonitor.Capture.OpenInference;

/// <summary>
/// NaN and Infinity without quotation marks, which Python's json writes and JSON does not have. They become text of the same length, so that whatever lies
/// behind the JSON stays where it is.
/// </summary>
internal static class JsonNumbers
{
    /// <summary>What stands for each of them.</summary>
    public const string NotFinite = "N";

    private static ReadOnlySpan<byte> Replacement => "\"N\""u8;

    /// <param name="body">A JSON value, and perhaps other bytes behind it.</param>
    /// <returns>Null if it has none of them.</returns>
    public static byte[]? Quote(ReadOnlySpan<byte> body)
    {
        byte[]? quoted = null;
        var depth = 0;
        for (var at = 0; at < body.Length; at++)
        {
            switch (body[at])
            {
                case (byte)'"':
                    at = EndOfText(body, at);
                    break;

                case (byte)'{' or (byte)'[':
                    depth++;
                    break;

                case (byte)'}' or (byte)']' when --depth <= 0:
                    return quoted;

                case (byte)'N' or (byte)'I' or (byte)'-' when LengthAt(body[at..]) is > 0 and var length:
                    quoted ??= body.ToArray();
                    quoted.AsSpan(at, length).Fill((byte)' ');
                    Replacement.CopyTo(quoted.AsSpan(at));
                    at += length - 1;
                    break;
            }
        }

        return quoted;
    }

    private static int LengthAt(ReadOnlySpan<byte> body)
    {
        foreach (var word in (ReadOnlySpan<string>)["NaN", "Infinity", "-Infinity", "-NaN"])
        {
            if (body.Length >= word.Length && System.Text.Ascii.Equals(body[..word.Length], word))
            {
                return word.Length;
            }
        }

        return 0;
    }

    private static int EndOfText(ReadOnlySpan<byte> body, int start)
    {
        for (var at = start + 1; at < body.Length; at++)
        {
            if (body[at] == (byte)'\\')
            {
                at++;
            }
            else if (body[at] == (byte)'"')
            {
                return at;
            }
        }

        return body.Length;
    }
}
