using AccuracyMonitor.Demo.Corruptions;
using AccuracyMonitor.Demo.Data;

namespace AccuracyMonitor.Demo.Tests.Corruptions;

public sealed class CorruptionTests
{
    public static TheoryData<CorruptionKind> Kinds => [.. Enum.GetValues<CorruptionKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_same_seed_and_item_give_the_same_bytes(CorruptionKind kind)
    {
        var images = DemoAssets.ReadTestImages();

        Apply(kind, 3, images.Image(7), seed: 1, item: 7).ShouldBe(Apply(kind, 3, images.Image(7), seed: 1, item: 7));
    }

    [Theory]
    [InlineData(CorruptionKind.GaussianNoise)]
    [InlineData(CorruptionKind.Occlusion)]
    public void Another_seed_or_another_item_gives_other_noise(CorruptionKind kind)
    {
        var image = DemoAssets.ReadTestImages().Image(7);
        var first = Apply(kind, 3, image, seed: 1, item: 7);

        Apply(kind, 3, image, seed: 2, item: 7).ShouldNotBe(first);
        Apply(kind, 3, image, seed: 1, item: 8).ShouldNotBe(first);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_higher_severity_moves_the_image_further_from_the_original(CorruptionKind kind)
    {
        var images = DemoAssets.ReadTestImages();
        var distances = Enumerable.Range(Corruption.MinSeverity, Corruption.MaxSeverity).Select(Distance).ToArray();

        distances[0].ShouldBeGreaterThan(0);
        distances.Zip(distances.Skip(1)).ShouldAllBe(pair => pair.First < pair.Second);

        double Distance(int severity) => Enumerable.Range(0, 200).Sum(i =>
        {
            var original = images.Image(i).ToArray();
            return original.Zip(Apply(kind, severity, original, seed: 1, (ulong)i)).Sum(pair => Math.Abs(pair.First - pair.Second));
        });
    }

    [Fact]
    public void Noise_has_the_deviation_it_names_away_from_the_clipping_bounds()
    {
        var grey = new byte[LabelledImages.PixelCount];
        Array.Fill(grey, (byte)128);
        var values = Enumerable.Range(0, 100)
            .SelectMany(i => Apply(CorruptionKind.GaussianNoise, 1, grey, seed: 3, (ulong)i)).Select(v => (double)v - 128).ToArray();

        // n = 78,400: the mean's deviation is 0.05·255/√n = 0.046, the variance's relative deviation √(2/n) = 0.5 %.
        values.Average().ShouldBe(0, tolerance: 0.2);
        Math.Sqrt(values.Average(v => v * v)).ShouldBe(0.05 * 255, tolerance: 0.15);
    }

    [Fact]
    public void Rotation_turns_both_ways_and_keeps_the_centre()
    {
        var bar = new byte[LabelledImages.PixelCount];
        for (var y = 0; y < LabelledImages.Side; y++)
        {
            bar[(y * LabelledImages.Side) + 13] = bar[(y * LabelledImages.Side) + 14] = 255;
        }

        var turned = Enumerable.Range(0, 50).Select(i => Apply(CorruptionKind.Rotation, 4, bar, seed: 1, (ulong)i)).ToArray();

        turned.Select(Convert.ToHexString).Distinct(StringComparer.Ordinal).Count().ShouldBe(2);
        turned.ShouldAllBe(t => t[(13 * LabelledImages.Side) + 13] > 128);
    }

    [Fact]
    public void Severity_and_spans_are_checked()
    {
        var image = new byte[LabelledImages.PixelCount];

        Should.Throw<ArgumentOutOfRangeException>(() => Apply(CorruptionKind.Blur, 0, image, 1, 1));
        Should.Throw<ArgumentOutOfRangeException>(() => Apply(CorruptionKind.Blur, 6, image, 1, 1));
        Should.Throw<ArgumentOutOfRangeException>(() => Apply((CorruptionKind)99, 1, image, 1, 1));
        Should.Throw<ArgumentOutOfRangeException>(() => Apply(CorruptionKind.Blur, 1, image.AsSpan(1), 1, 1));
    }

    private static byte[] Apply(CorruptionKind kind, int severity, ReadOnlySpan<byte> image, ulong seed, ulong item)
    {
        var result = new byte[LabelledImages.PixelCount];
        Corruption.Apply(kind, severity, image, result, seed, item);
        return result;
    }
}
