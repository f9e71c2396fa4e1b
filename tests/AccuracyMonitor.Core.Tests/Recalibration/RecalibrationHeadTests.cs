using AccuracyMonitor.Core.Recalibration;
using CsCheck;

namespace AccuracyMonitor.Core.Tests.Recalibration;

public class RecalibrationHeadTests
{
    private static readonly RecalibrationHead Full = new()
    {
        Scale = 0.5,
        Shift = -1.25,
        LogProbabilityWeights = [0.25, -0.5, 1],
        ClassOffsets = [2, 0, -2],
        ClassLogProbabilityWeights = [1, 2, 3, 4, 5, 6, 7, 8, 9],
    };

    // Format 1; the checksum from another implementation of CRC-32C. It may be joined by later formats, never changed.
    private const string Golden =
        "414D5448010007000300000000000000" + "0000E03F000000000000F4BF000000000000D03F000000000000E0BF000000000000F03F"
        + "00000000000000400000000000000000" + "00000000000000C0000000000000F03F00000000000000400000000000000840"
        + "00000000000010400000000000001440" + "00000000000018400000000000001C4000000000000020400000000000002240" + "6133AFA4";

    [Fact]
    public void The_logit_is_the_formula()
    {
        foreach (var classes in new[] { 2, 10, 255, 256, 257, 1_000 })
        {
            var random = new Random(classes);
            double[] Values(int n) => [.. Enumerable.Range(0, n).Select(_ => random.NextDouble() - 0.5)];
            var head = new RecalibrationHead
            {
                Scale = 0.7,
                Shift = 0.3,
                LogProbabilityWeights = Values(classes),
                ClassOffsets = Values(classes),
                ClassLogProbabilityWeights = Values(classes * classes),
            };
            var p = LabelledPredictions.Softmax(random, classes);
            p[1] = 0;
            var logs = p.Select(x => Math.Log(Math.Max(x, 1e-6f))).ToArray();
            var expected = (0.7 * 4) + 0.3 + head.ClassOffsets[1];
            for (var k = 0; k < classes; k++)
            {
                expected += (head.LogProbabilityWeights[k] + head.ClassLogProbabilityWeights[classes + k]) * (logs[k] - logs.Average());
            }

            // Logarithms are taken in single precision.
            head.Logit(4, p, 1).ShouldBe(expected, 1e-5 * Math.Sqrt(classes));
        }
    }

    [Fact]
    public void The_identity_changes_no_score()
    {
        RecalibrationHead.Identity.Logit(-3.25, [0.5f, 0.5f], 1).ShouldBe(-3.25);
        RecalibrationHead.Identity.Logit(1e9, [0.5f, 0.5f], 1).ShouldBe(30);
    }

    [Fact]
    public void Another_number_of_classes_is_refused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => Full.Logit(0, [0.5f, 0.5f], 0)).ParamName.ShouldBe("probabilities");
        Should.Throw<ArgumentOutOfRangeException>(() => Full.Logit(0, [0.5f, 0.25f, 0.25f], 3)).ParamName.ShouldBe("predictedClass");
        Should.Throw<ArgumentOutOfRangeException>(() => Full.Logit(0, [0.5f, 0.25f, 0.25f], -1)).ParamName.ShouldBe("predictedClass");
    }

    [Fact]
    public void Scoring_allocates_nothing()
    {
        var p = LabelledPredictions.Softmax(new Random(1), 300);
        var head = RecalibrationHeadFitter.Fit(LabelledPredictions.Make(20, 300, seed: 1), 300, new RecalibrationHeadOptions());
        var sum = head.Logit(1, p, 0);
        Allocations.LeastOf(_ =>
        {
            for (var i = 0; i < 1_000; i++)
            {
                sum += head.Logit(1, p, 0);
            }
        }).ShouldBe(0);
        sum.ShouldNotBe(0);
    }

    [Fact]
    public void Bytes_of_the_first_format_are_still_written_and_read()
    {
        var bytes = Full.ToBytes();
        Convert.ToHexString(bytes).ShouldBe(Golden);
        ShouldBeTheSame(RecalibrationHead.FromBytes(Convert.FromHexString(Golden)), Full);
    }

    [Fact]
    public void What_is_written_is_read()
    {
        var value = Gen.Double[-1e6, 1e6];
        Gen.Select(Gen.Int[2, 12], Gen.Bool, Gen.Bool, Gen.Bool, value.Array[170]).Sample(
            (k, weights, offsets, classWeights, values) =>
            {
                var head = new RecalibrationHead
                {
                    Scale = values[0],
                    Shift = values[1],
                    LogProbabilityWeights = weights ? values[2..(2 + k)] : [],
                    ClassOffsets = offsets ? values[14..(14 + k)] : [],
                    ClassLogProbabilityWeights = classWeights ? values[26..(26 + (k * k))] : [],
                };
                ShouldBeTheSame(RecalibrationHead.FromBytes(head.ToBytes()), head);
            },
            iter: 100,
            seed: "0N0XIzNsQ0O2",
            threads: 1);
        ShouldBeTheSame(RecalibrationHead.FromBytes(RecalibrationHead.Identity.ToBytes()), RecalibrationHead.Identity);
    }

    [Fact]
    public void Truncated_and_damaged_bytes_are_refused()
    {
        var bytes = Full.ToBytes();
        for (var length = 0; length < bytes.Length; length++)
        {
            Should.Throw<FormatException>(() => RecalibrationHead.FromBytes(bytes.AsSpan(0, length)));
        }

        for (var i = 0; i < bytes.Length; i++)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[i] ^= 0x10;
            Should.Throw<FormatException>(() => RecalibrationHead.FromBytes(damaged));
        }

        Should.Throw<FormatException>(() => RecalibrationHead.FromBytes([.. bytes, 0])).Message
            .ShouldBe($"Truncated or overlong recalibration head: {bytes.Length + 1} bytes, {bytes.Length} expected.");
    }

    [Fact]
    public void Foreign_bytes_and_later_formats_say_so()
    {
        Should.Throw<FormatException>(() => RecalibrationHead.FromBytes("{\"scale\": 1, \"shift\": 0}"u8))
            .Message.ShouldBe("Not a recalibration head: the bytes do not begin with AMTH.");
        var later = Full.ToBytes();
        later[4] = 2;
        Should.Throw<FormatException>(() => RecalibrationHead.FromBytes(later))
            .Message.ShouldBe("Recalibration head of format 2: this build reads format 1.");
    }

    [Fact]
    public void A_head_whose_parts_do_not_fit_together_is_not_written() =>
        Should.Throw<FormatException>(() => (Full with { ClassOffsets = [1] }).ToBytes())
            .Message.ShouldBe("A part of the head has 1 values where 3 belong.");

    private static void ShouldBeTheSame(RecalibrationHead actual, RecalibrationHead expected)
    {
        (actual.Scale, actual.Shift).ShouldBe((expected.Scale, expected.Shift));
        actual.LogProbabilityWeights.ShouldBe(expected.LogProbabilityWeights);
        actual.ClassOffsets.ShouldBe(expected.ClassOffsets);
        actual.ClassLogProbabilityWeights.ShouldBe(expected.ClassLogProbabilityWeights);
    }
}
