using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace AccuracyMonitor.Evaluation.Traces.Tables;

/// <summary>NaN and Infinity in JSON: Python's json module writes them bare, which no standard parser reads.</summary>
internal static class JsonNaN
{
    /// <summary>The same text with bare NaN and Infinity in quotes.</summary>
    public static ReadOnlyMemory<byte> Quoted(ReadOnlySpan<byte> json)
    {
        var written = new ArrayBufferWriter<byte>(json.Length + 16);
        var (quoted, escaped) = (false, false);
        for (var i = 0; i < json.Length; i++)
        {
            var token = quoted ? 0 : TokenAt(json[i..]);
            if (token > 0)
            {
                written.Write("\""u8);
                written.Write(json.Slice(i, token));
                written.Write("\""u8);
                i += token - 1;
                continue;
            }

            (quoted, escaped) = quoted ? (escaped || json[i] != '"', !escaped && json[i] == '\\') : (json[i] == '"', false);
            written.Write(json.Slice(i, 1));
        }

        return written.WrittenMemory;
    }

    /// <remarks>Compared as it is written: half of a surrogate pair can't be unescaped.</remarks>
    public static bool TryRead(JsonElement text, out double number)
    {
        var raw = JsonMarshal.GetRawUtf8Value(text);
        number = raw.SequenceEqual("\"NaN\""u8) ? double.NaN
            : raw.SequenceEqual("\"Infinity\""u8) ? double.PositiveInfinity
            : raw.SequenceEqual("\"-Infinity\""u8) ? double.NegativeInfinity
            : 0;
        return number != 0;
    }

    private static int TokenAt(ReadOnlySpan<byte> json) =>
        json.StartsWith("NaN"u8) ? 3 : json.StartsWith("Infinity"u8) ? 8 : json.StartsWith("-Infinity"u8) ? 9 : 0;
}
