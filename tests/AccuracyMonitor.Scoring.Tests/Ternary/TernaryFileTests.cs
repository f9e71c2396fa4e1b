using AccuracyMonitor.Scoring.Ternary;
using CsCheck;

namespace AccuracyMonitor.Scoring.Tests.Ternary;

public sealed class TernaryFileTests
{
    private static readonly string Golden = Path.Combine(AppContext.BaseDirectory, "Ternary", "monitor-v1.tmon");

    [Fact]
    public void Trits_come_back_from_their_bytes() =>
        Gen.Int[-1, 1].Select(t => (sbyte)t).Array[0, 40].Sample(trits =>
        {
            var packed = TritPacking.Pack(trits);

            packed.Length.ShouldBe((trits.Length + 4) / 5);
            TritPacking.Unpack(packed, trits.Length).ShouldBe(trits);
        });

    [Theory]
    [InlineData(MonitorEncoding.SortedLogWithClass, 16, 8)]
    [InlineData(MonitorEncoding.SortedLog, 32)]
    [InlineData(MonitorEncoding.RawSoftmax, 5, 3)]
    public void A_monitor_comes_back_from_its_file(MonitorEncoding encoding, params int[] widths)
    {
        var shape = SomeMonitor.Shape(encoding: encoding, widths: widths);
        var weights = SomeTernary.Weights(shape);

        var (file, named) = TernaryFile.Write(shape, weights);
        var (metadata, read) = TernaryFile.Read(file);

        named.MonitorVersion.ShouldStartWith("t-");
        metadata.MonitorVersion.ShouldBe(named.MonitorVersion);
        metadata.HiddenWidths.ShouldBe(shape.HiddenWidths);
        read.FeatureMean.ShouldBe(weights.FeatureMean);
        read.FeatureScale.ShouldBe(weights.FeatureScale);
        read.ConfidenceScale.ShouldBe(weights.ConfidenceScale);
        read.Layers.Select(l => l.Trits).ShouldBe(weights.Layers.Select(l => l.Trits));
        read.Layers.SelectMany(l => l.Bias).ShouldBe(weights.Layers.SelectMany(l => l.Bias));
        read.Layers.Select(l => l.Scale).ShouldBe(weights.Layers.Select(l => l.Scale));
    }

    [Fact]
    public void Every_changed_or_missing_byte_is_found()
    {
        var shape = SomeMonitor.Shape(widths: 4);
        var (file, _) = TernaryFile.Write(shape, SomeTernary.Weights(shape));
        for (var i = 0; i < file.Length; i++)
        {
            byte[] changed = [.. file];
            changed[i] ^= 0x10;
            Should.Throw<MonitorFileException>(() => TernaryFile.Read(changed), $"byte {i}");
            Should.Throw<MonitorFileException>(() => TernaryFile.Read(file.AsSpan(0, i)), $"{i} bytes");
        }

        Should.Throw<MonitorFileException>(() => TernaryFile.Read((byte[])[.. file, 0])).Message.ShouldContain("damaged");
        Should.Throw<MonitorFileException>(() => TernaryFile.Read(SomeMonitor.File())).Message.ShouldContain("foreign");
    }

    [Fact]
    public void A_weight_that_is_no_trit_is_refused()
    {
        var shape = SomeMonitor.Shape(widths: 4);
        var weights = SomeTernary.Weights(shape);
        weights.Layers[0].Trits[3] = 2;

        Should.Throw<MonitorFileException>(() => TernaryFile.Write(shape, weights)).Message.ShouldBe("Ternary monitor: a weight is 2; it must be -1, 0 or 1.");
    }

    /// <summary>Once written, a file of this format stays readable.</summary>
    [Fact]
    public void The_format_does_not_change()
    {
        var shape = SomeMonitor.Shape(widths: [6, 4]);
        var (file, named) = TernaryFile.Write(shape, SomeTernary.Weights(shape));
        if (Environment.GetEnvironmentVariable("ACCURACY_MONITOR_WRITE_GOLDEN") is { Length: > 0 } path)
        {
            File.WriteAllBytes(path, file);
        }

        var golden = File.ReadAllBytes(Golden);

        file.ShouldBe(golden);
        TernaryFile.Read(golden).Metadata.MonitorVersion.ShouldBe(named.MonitorVersion);
    }
}
