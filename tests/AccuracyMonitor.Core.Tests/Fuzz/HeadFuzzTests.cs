using System.Buffers.Binary;
using System.Numerics;
using AccuracyMonitor.Core.Recalibration;
using AccuracyMonitor.Tests.Fuzz;

namespace AccuracyMonitor.Core.Tests.Fuzz;

/// <summary>Heads, which the store keeps.</summary>
public sealed class HeadFuzzTests
{
    private static byte[][] Corpus { get; } =
    [
        RecalibrationHeadFormat.Write(new RecalibrationHead { Scale = 1.5, Shift = -0.25 }),
        RecalibrationHeadFormat.Write(new RecalibrationHead
        {
            Scale = 1, Shift = 0.5, LogProbabilityWeights = [0.5, -0.5, 1], ClassOffsets = [1, 2, 3], ClassLogProbabilityWeights = [1, 2, 3, 4, 5, 6, 7, 8, 9],
        }),
    ];

    [Fact]
    public void Heads() => FuzzRun.Run<FormatException>(Corpus, 4000, bytes =>
    {
        // Every other input has a checksum that is right.
        if (bytes.Length % 2 == 0 && bytes.Length > sizeof(uint))
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(bytes.Length - sizeof(uint)), Checksum(bytes.AsSpan(0, bytes.Length - sizeof(uint))));
        }

        var head = RecalibrationHeadFormat.Read(bytes);
        RecalibrationHeadFormat.Write(head).ShouldBe(bytes);
    });

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
