using AccuracyMonitor.Demo.Attacks;
using AccuracyMonitor.Demo.Corruptions;
using AccuracyMonitor.Demo.Data;
using AccuracyMonitor.Runs.Demo;

namespace AccuracyMonitor.Runs.Tests.Demo;

public sealed class ImageStreamTests
{
    private static readonly DemoCondition Clean = new("clean", null, 0);
    private static readonly DemoCondition Noisy = new("noisy", CorruptionKind.GaussianNoise, 3);
    private static readonly DemoCondition Attacked = new("attacked", null, 3, AttackKind.Fgsm);
    private static readonly LabelledImages Images = MakeImages(100, image => (byte)image);
    private static readonly LabelledImages AttackedImages = MakeImages(100, image => (byte)(image + 100));

    [Fact]
    public void Every_image_is_shown_once_before_any_comes_again()
    {
        var stream = Stream(seed: 1);

        string[] ids = [.. stream.Next(Clean, 60).Ids, .. stream.Next(Clean, 40).Ids];

        ids.Select(Image).Order().ShouldBe(Enumerable.Range(0, 100));
        ids.Distinct(StringComparer.Ordinal).Count().ShouldBe(100);
        stream.Next(Clean, 100).Ids.Intersect(ids, StringComparer.Ordinal).ShouldBeEmpty();
    }

    [Fact]
    public void Images_labels_and_ids_belong_together()
    {
        var stream = Stream(seed: 2);
        var batches = new[] { stream.Next(Clean, 50), stream.Next(Attacked, 50) };

        foreach (var (batch, i) in batches.SelectMany(b => Enumerable.Range(0, 50).Select(i => (b, i))))
        {
            var image = Image(batch.Ids[i]);
            batch.Labels[i].ShouldBe(Images.Labels[image]);
            batch.Images[i].ShouldAllBe(pixel => pixel == (byte)(batch.Condition == Attacked ? image + 100 : image));
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_stream_and_another_seed_another()
    {
        var first = Stream(seed: 1).Next(Noisy, 10);

        Stream(seed: 1).Next(Noisy, 10).Images.ShouldBe(first.Images);
        Stream(seed: 2).Next(Noisy, 10).Ids.ShouldNotBe(first.Ids);
    }

    private static ImageStream Stream(ulong seed) => new(Images, _ => AttackedImages, seed);

    private static int Image(string id) => PredictionId.TryGetImage(id, out var image) ? image : -1;

    private static LabelledImages MakeImages(int count, Func<int, byte> grey)
    {
        var pixels = new byte[count * LabelledImages.PixelCount];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = grey(i / LabelledImages.PixelCount);
        }

        return new LabelledImages(pixels, [.. Enumerable.Range(0, count).Select(i => (byte)(i % 10))]);
    }
}
