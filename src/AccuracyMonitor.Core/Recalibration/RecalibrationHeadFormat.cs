using System.Buffers.Binary;
using System.Numerics;

namespace AccuracyMonitor.Core.Recalibration;

/// <summary>
/// Binary format of a head, little-endian: "AMTH", format version (u16), bit set of the parts present (u16: 1 log-probability weights, 2
/// class offsets, 4 log-probability weights per class), K (i32), scale and shift (f64), the parts in that order (f64 each), CRC-32C of all
/// preceding bytes (u32).
/// </summary>
/// <remarks>Heads are persisted: version 1 must remain readable.</remarks>
internal static class RecalibrationHeadFormat
{
    private const uint Magic = 0x48544D41;
    private const ushort Version = 1;
    private const int HeaderBytes = 12;
    private const int MaxClasses = 10_000;
    private const int WeightsPart = 1;
    private const int OffsetsPart = 2;
    private const int ClassWeightsPart = 4;

    public static byte[] Write(RecalibrationHead head)
    {
        var classes = head.ClassCount;
        var parts = PartOf(head.LogProbabilityWeights, classes, WeightsPart)
            | PartOf(head.ClassOffsets, classes, OffsetsPart)
            | PartOf(head.ClassLogProbabilityWeights, classes * classes, ClassWeightsPart);
        var bytes = new byte[LengthOf(classes, parts)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(4), Version);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(6), (ushort)parts);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), classes);
        var at = HeaderBytes;
        double[][] values = [[head.Scale, head.Shift], head.LogProbabilityWeights, head.ClassOffsets, head.ClassLogProbabilityWeights];
        foreach (var part in values)
        {
            foreach (var value in part)
            {
                BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(at), value);
                at += sizeof(double);
            }
        }

        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), Checksum(bytes.AsSpan(0, at)));
        return bytes;
    }

    public static RecalibrationHead Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderBytes || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic)
        {
            throw new FormatException("Not a recalibration head: the bytes do not begin with AMTH.");
        }

        var version = BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]);
        if (version != Version)
        {
            throw new FormatException($"Recalibration head of format {version}: this build reads format {Version}.");
        }

        var parts = BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]);
        var classes = BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]);
        if (parts > (WeightsPart | OffsetsPart | ClassWeightsPart) || classes is < 0 or > MaxClasses || (parts == 0) != (classes == 0))
        {
            throw new FormatException($"Damaged recalibration head: parts {parts} and {classes} classes do not go together.");
        }

        var expected = LengthOf(classes, parts);
        if (bytes.Length != expected)
        {
            throw new FormatException($"Truncated or overlong recalibration head: {bytes.Length} bytes, {expected} expected.");
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[^4..]) != Checksum(bytes[..^4]))
        {
            throw new FormatException("Damaged recalibration head: the checksum does not match.");
        }

        var at = HeaderBytes;
        var main = Take(bytes, ref at, 2);
        return new RecalibrationHead
        {
            Scale = main[0],
            Shift = main[1],
            LogProbabilityWeights = Take(bytes, ref at, (parts & WeightsPart) != 0 ? classes : 0),
            ClassOffsets = Take(bytes, ref at, (parts & OffsetsPart) != 0 ? classes : 0),
            ClassLogProbabilityWeights = Take(bytes, ref at, (parts & ClassWeightsPart) != 0 ? classes * classes : 0),
        };
    }

    private static int PartOf(double[] values, int length, int flag)
    {
        if (values.Length != 0 && values.Length != length)
        {
            throw new FormatException($"A part of the head has {values.Length} values where {length} belong.");
        }

        return values.Length == 0 ? 0 : flag;
    }

    private static long LengthOf(int classes, int parts)
    {
        var linear = (parts & WeightsPart) + ((parts & OffsetsPart) >> 1);
        var square = (parts & ClassWeightsPart) >> 2;
        return HeaderBytes + (sizeof(double) * (2 + ((long)linear * classes) + ((long)square * classes * classes))) + sizeof(uint);
    }

    private static double[] Take(ReadOnlySpan<byte> bytes, ref int at, int count)
    {
        var values = new double[count];
        for (var i = 0; i < count; i++, at += sizeof(double))
        {
            values[i] = BinaryPrimitives.ReadDoubleLittleEndian(bytes[at..]);
            if (!double.IsFinite(values[i]))
            {
                throw new FormatException("Damaged recalibration head: a value is not finite.");
            }
        }

        return values;
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return ~crc;
    }
}
