using System.Buffers.Binary;

namespace AccuracyMonitor.Tests.Fuzz;

/// <summary>Draws inputs that are nearly right: each is one of a corpus with a few changes of the kinds that break decoders.
/// The same seed draws the same.</summary>
/// <param name="seed">Of the changes.</param>
/// <param name="corpus">Inputs that can be decoded.</param>
/// <param name="most">Changes of an input at most.</param>
internal sealed class Mutator(int seed, IReadOnlyList<byte[]> corpus, int most = 6)
{
    private static readonly string[] Tokens =
    [
        "-1", "0", "1", "255", "65536", "2147483647", "2147483648", "-2147483648", "4294967296", "9223372036854775807", "-9223372036854775808",
        "18446744073709551616", "1e308", "1e-320", "-0", "NaN", "Infinity", "-Infinity", "null", "true", "\"\"", "[]", "{}", "[[[[[[[[",
        "\\ud800", "\"", ",", ":",
    ];

    private static readonly long[] Extremes = [0, 1, -1, 127, 128, 255, 32767, 65535, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue, long.MinValue];

    private readonly Random _random = new(seed);

    public byte[] Next() => Changed(corpus[_random.Next(corpus.Count)]);

    /// <param name="input">Stays as it is.</param>
    public byte[] Changed(byte[] input)
    {
        List<byte> bytes = [.. input];
        for (var changes = _random.Next(1, most + 1); changes > 0; changes--)
        {
            Change(bytes);
        }

        return [.. bytes];
    }

    private void Change(List<byte> bytes)
    {
        var at = _random.Next(bytes.Count + 1);
        var run = Math.Min(_random.Next(1, 33), bytes.Count - at);
        switch (_random.Next(10))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = (byte)_random.Next(256);
                break;
            case 2:
                bytes.RemoveRange(at, run);
                break;
            case 3:
                bytes.InsertRange(at, bytes.GetRange(at, run));
                break;
            case 4:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 5:
                Overwrite(bytes, at);
                break;
            case 6:
                var other = corpus[_random.Next(corpus.Count)];
                var from = _random.Next(other.Length + 1);
                bytes.RemoveRange(at, bytes.Count - at);
                bytes.AddRange(other.AsSpan(from));
                break;
            case 7:
                bytes.InsertRange(at, System.Text.Encoding.UTF8.GetBytes(Tokens[_random.Next(Tokens.Length)]));
                break;
            default:
                ReplaceNumber(bytes, at);
                break;
        }
    }

    private void Overwrite(List<byte> bytes, int at)
    {
        Span<byte> number = stackalloc byte[8];
        var value = Extremes[_random.Next(Extremes.Length)];
        if (_random.Next(2) == 0)
        {
            BinaryPrimitives.WriteInt64LittleEndian(number, value);
        }
        else
        {
            BinaryPrimitives.WriteInt64BigEndian(number, value);
        }

        foreach (var one in number[..(1 << _random.Next(4))])
        {
            if (at < bytes.Count)
            {
                bytes[at++] = one;
            }
        }
    }

    /// <summary>Puts a token in the place of the next number of a text.</summary>
    private void ReplaceNumber(List<byte> bytes, int at)
    {
        while (at < bytes.Count && !char.IsAsciiDigit((char)bytes[at]))
        {
            at++;
        }

        var end = at;
        while (end < bytes.Count && (char.IsAsciiDigit((char)bytes[end]) || bytes[end] == '.'))
        {
            end++;
        }

        bytes.RemoveRange(at, end - at);
        bytes.InsertRange(at, System.Text.Encoding.UTF8.GetBytes(Tokens[_random.Next(Tokens.Length)]));
    }
}
