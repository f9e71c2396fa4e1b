using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace AccuracyMonitor.Scoring.Onnx;

/// <summary>The protocol-buffer wire primitives that an ONNX file needs (protobuf.dev, "Encoding").</summary>
internal sealed class ProtoWriter
{
    private const int VarintType = 0;
    private const int LengthDelimitedType = 2;

    private readonly ArrayBufferWriter<byte> _bytes = new();

    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    public void Varint(int field, long value)
    {
        Tag(field, VarintType);
        Raw((ulong)value);
    }

    public void Bytes(int field, ReadOnlySpan<byte> value)
    {
        Tag(field, LengthDelimitedType);
        Raw((ulong)value.Length);
        _bytes.Write(value);
    }

    public void Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    public void Message(int field, Action<ProtoWriter> content)
    {
        var nested = new ProtoWriter();
        content(nested);
        Bytes(field, nested.Written);
    }

    /// <summary>A packed repeated field, as proto3 and ONNX's proto2 schema both accept for a tensor's dimensions.</summary>
    public void PackedVarints(int field, ReadOnlySpan<long> values)
    {
        var nested = new ProtoWriter();
        foreach (var value in values)
        {
            nested.Raw((ulong)value);
        }

        Bytes(field, nested.Written);
    }

    /// <summary>Numbers as ONNX's <c>raw_data</c>: little-endian, tightly packed.</summary>
    public void RawData<T>(int field, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("ONNX files are written on little-endian hosts only.");
        }

        Bytes(field, MemoryMarshal.AsBytes(values));
    }

    private void Tag(int field, int type) => Raw(((ulong)field << 3) | (uint)type);

    private void Raw(ulong value)
    {
        var span = _bytes.GetSpan(10);
        var n = 0;
        while (value >= 0x80)
        {
            span[n++] = (byte)(value | 0x80);
            value >>= 7;
        }

        span[n++] = (byte)value;
        _bytes.Advance(n);
    }
}
