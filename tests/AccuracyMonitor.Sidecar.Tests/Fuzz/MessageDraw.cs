using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace AccuracyMonitor.Sidecar.Tests.Fuzz;

/// <summary>
/// Draws messages of any type from its descriptor: every field may be absent, extreme, or name something that the server knows. What the server answers
/// is used for further requests: ids of leases and predictions, tokens of pages.
/// </summary>
internal sealed class MessageDraw(int seed)
{
    private const int MaxDepth = 4;
    private const int MaxLearned = 64;

    private static readonly string[] UsualTexts = ["m", "1", "p-0", "p-1", "ann", "bob"];

    private static readonly string[] OddTexts =
        ["", "\0", "é\U0001F600", "a\nb", "*", "!", "-1", "9223372036854775808", "AAAA", "image/png", new string('x', 300)];

    private static readonly long[] UsualNumbers = [0, 1, 2, 10, 600];

    private static readonly long[] OddNumbers =
        [999, 1000, 1001, 60_000_000, 1_700_000_000, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue, long.MinValue, -1];

    private static readonly byte[][] Contents =
        [[], [0], [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10], [.. "\x93NUMPY"u8], [0, 0, 0x80, 0x3F, 0, 0, 0, 0], new byte[70_000]];

    private static readonly double[] Reals = [0, 1, -1, 0.5, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, double.MaxValue];

    private readonly Random _random = new(seed);
    private readonly List<string> _learned = [];

    public IMessage Next(MessageDescriptor type, int depth = 0)
    {
        var message = type.Parser.ParseFrom([]);
        foreach (var field in type.Fields.InDeclarationOrder().Where(_ => _random.Next(4) > 0))
        {
            if (field.IsRepeated)
            {
                var list = (System.Collections.IList)field.Accessor.GetValue(message);
                for (var count = _random.Next(4); count > 0; count--)
                {
                    list.Add(Value(field, depth));
                }
            }
            else
            {
                field.Accessor.SetValue(message, Value(field, depth));
            }
        }

        return message;
    }

    /// <summary>Remembers the texts of an answer.</summary>
    public void Learn(IMessage answer)
    {
        foreach (var field in answer.Descriptor.Fields.InDeclarationOrder())
        {
            var value = field.Accessor.GetValue(answer);
            foreach (var one in value is System.Collections.IList list ? list.Cast<object>().Take(3) : [value])
            {
                if (one is IMessage part)
                {
                    Learn(part);
                }
                else if (one is string { Length: > 0 } text)
                {
                    if (_learned.Count == MaxLearned)
                    {
                        _learned.RemoveAt(_random.Next(MaxLearned));
                    }

                    _learned.Add(text);
                }
            }
        }
    }

    private object Value(FieldDescriptor field, int depth) => field.FieldType switch
    {
        FieldType.Message => Next(field.MessageType, Math.Min(depth + 1, MaxDepth)),
        FieldType.String => IsOdd() ? Any(OddTexts) : _learned.Count > 0 && _random.Next(2) == 0 ? Any(_learned) : Any(UsualTexts),
        FieldType.Bytes => ByteString.CopyFrom(Any(Contents)),
        FieldType.Bool => _random.Next(2) == 0,
        FieldType.Double => Any(Reals),
        FieldType.Float => (float)Any(Reals),
        FieldType.Enum => IsOdd() ? _random.Next(-1, 12) : 1,
        FieldType.UInt32 or FieldType.Fixed32 => unchecked((uint)Number()),
        FieldType.UInt64 or FieldType.Fixed64 => unchecked((ulong)Number()),
        FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => Number(),
        _ => unchecked((int)Number()),
    };

    private bool IsOdd() => _random.Next(8) == 0;

    private long Number() => Any(IsOdd() ? OddNumbers : UsualNumbers);

    private T Any<T>(IReadOnlyList<T> values) => values[_random.Next(values.Count)];
}
