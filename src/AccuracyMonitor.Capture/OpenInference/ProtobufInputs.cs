using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AccuracyMonitor.OpenInference;
using Google.Protobuf;

namespace AccuracyMonitor.Capture.OpenInference;

/// <summary>Reads the inputs of a ModelInferRequest.</summary>
internal static class ProtobufInputs
{
    private static readonly MessageParser<ModelInferRequest> Parser = ModelInferRequest.Parser.WithDiscardUnknownFields(true);

    /// <returns>Null if there are none.</returns>
    public static List<InputTensor>? Read(ReadOnlyMemory<byte> message, InputBudget budget)
    {
        Charge(message, budget);
        var request = Parser.ParseFrom(message.Span);
        List<InputTensor> tensors = [];
        for (var i = 0; i < request.Inputs.Count; i++)
        {
            var input = request.Inputs[i];
            var raw = i < request.RawInputContents.Count ? request.RawInputContents[i].Memory : (ReadOnlyMemory<byte>?)null;
            var isText = input.Datatype == "BYTES";
            tensors.Add(new InputTensor
            {
                Name = input.Name,
                Datatype = input.Datatype,
                Shape = input.Shape,
                Elements = !isText ? null
                    : raw is { } text ? InputTensor.Split(text, budget)
                    : [.. input.Contents?.BytesContents.Select(static b => b.Memory) ?? []],
                Numbers = isText ? default : raw ?? Typed(input.Datatype, input.Contents ?? new InferTensorContents()),
            });
        }

        return tensors.Count > 0 ? tensors : null;
    }

    /// <summary>What the parser makes of a message, before it is parsed: an empty input is two bytes in the message and an object in memory.</summary>
    private static void Charge(ReadOnlyMemory<byte> request, InputBudget budget)
    {
        foreach (var (field, content) in Fields(request))
        {
            budget.Charge(InputBudget.Part);
            if (field is not (ModelInferRequest.InputsFieldNumber or ModelInferRequest.OutputsFieldNumber))
            {
                continue;
            }

            foreach (var (part, inner) in Fields(content))
            {
                budget.Charge(InputBudget.Part);
                if (part == ModelInferRequest.Types.InferInputTensor.ShapeFieldNumber)
                {
                    budget.Charge(Varints(inner.Span) * sizeof(long));
                }
                else if (part == ModelInferRequest.Types.InferInputTensor.ContentsFieldNumber)
                {
                    ChargeContents(inner, budget);
                }
            }
        }
    }

    private static void ChargeContents(ReadOnlyMemory<byte> contents, InputBudget budget)
    {
        foreach (var (field, values) in Fields(contents))
        {
            budget.Charge(field switch
            {
                InferTensorContents.BytesContentsFieldNumber => InputBudget.Part + values.Length,
                InferTensorContents.IntContentsFieldNumber or InferTensorContents.UintContentsFieldNumber => Varints(values.Span) * sizeof(int),
                InferTensorContents.Int64ContentsFieldNumber or InferTensorContents.Uint64ContentsFieldNumber => Varints(values.Span) * sizeof(long),
                _ => values.Length,
            });

            // Of a value that is not packed.
            budget.Charge(sizeof(long));
        }
    }

    private static long Varints(ReadOnlySpan<byte> packed)
    {
        var ends = 0L;
        foreach (var one in packed)
        {
            ends += one < 0x80 ? 1 : 0;
        }

        return ends;
    }

    /// <summary>Fields with their content; of those without a length it is empty.</summary>
    private static IEnumerable<(int Number, ReadOnlyMemory<byte> Content)> Fields(ReadOnlyMemory<byte> message)
    {
        var bytes = MemoryMarshal.TryGetArray(message, out var segment) ? segment : new ArraySegment<byte>(message.ToArray());
        using var input = new CodedInputStream(bytes.Array!, bytes.Offset, bytes.Count);
        var origin = input.Position;
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            var start = (int)(input.Position - origin);
            input.SkipLastField();
            var field = message[start..(int)(input.Position - origin)];
            yield return (
                WireFormat.GetTagFieldNumber(tag),
                WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited ? WithoutLength(field) : default);
        }
    }

    private static ReadOnlyMemory<byte> WithoutLength(ReadOnlyMemory<byte> field)
    {
        var length = 1;
        while (field.Span[length - 1] >= 0x80)
        {
            length++;
        }

        return field[length..];
    }

    private static byte[] Typed(string datatype, InferTensorContents contents) => datatype switch
    {
        "BOOL" => Bytes(contents.BoolContents, static v => v),
        "INT8" => Bytes(contents.IntContents, static v => (sbyte)v),
        "INT16" => Bytes(contents.IntContents, static v => (short)v),
        "INT32" => Bytes(contents.IntContents, static v => v),
        "INT64" => Bytes(contents.Int64Contents, static v => v),
        "UINT8" => Bytes(contents.UintContents, static v => (byte)v),
        "UINT16" => Bytes(contents.UintContents, static v => (ushort)v),
        "UINT32" => Bytes(contents.UintContents, static v => v),
        "UINT64" => Bytes(contents.Uint64Contents, static v => v),
        "FP32" => Bytes(contents.Fp32Contents, static v => v),
        "FP64" => Bytes(contents.Fp64Contents, static v => v),
        _ => [],
    };

    private static byte[] Bytes<TRead, T>(IReadOnlyList<TRead> read, Func<TRead, T> convert)
        where T : unmanaged
    {
        var bytes = new byte[read.Count * Unsafe.SizeOf<T>()];
        var values = MemoryMarshal.Cast<byte, T>(bytes.AsSpan());
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = convert(read[i]);
        }

        return bytes;
    }
}
