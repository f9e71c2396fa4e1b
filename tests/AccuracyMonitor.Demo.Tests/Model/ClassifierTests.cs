using System.Numerics.Tensors;
using AccuracyMonitor.Demo.Corruptions;
using AccuracyMonitor.Demo.Data;
using AccuracyMonitor.Demo.Serving;

namespace AccuracyMonitor.Demo.Tests.Model;

/// <summary>The classifier that ships, on the images that ship.</summary>
public sealed class ClassifierTests : IDisposable
{
    private const int Count = 1000;

    private readonly string _folder = Directory.CreateTempSubdirectory("classifier-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void It_is_right_on_nine_of_ten_clean_images() =>
        ServedModel.CountRight(DemoAssets.ReadTestImages()).ShouldBeInRange(8900, 9100);

    [Theory]
    [InlineData(CorruptionKind.GaussianNoise)]
    [InlineData(CorruptionKind.Rotation)]
    [InlineData(CorruptionKind.Darkness)]
    [InlineData(CorruptionKind.Contrast)]
    [InlineData(CorruptionKind.Blur)]
    [InlineData(CorruptionKind.Occlusion)]
    public void A_higher_severity_costs_more_accuracy(CorruptionKind kind)
    {
        var clean = DemoAssets.ReadTestImages().Slice(0, Count);
        int[] right =
        [
            ServedModel.CountRight(clean),
            .. Enumerable.Range(1, Corruption.MaxSeverity).Select(s => ServedModel.CountRight(Corrupt(clean, kind, s))),
        ];

        // The same images at every severity, so a difference varies far less than one accuracy does: 2 % of them allow for it.
        right.Zip(right.Skip(1)).ShouldAllBe(pair => pair.Second < pair.First + (Count / 50), string.Join(", ", right));
        right[^1].ShouldBeLessThan(right[0] - (Count * 15 / 100), string.Join(", ", right));
    }

    [Fact]
    public void Batches_and_single_images_give_the_same_probabilities()
    {
        var images = DemoAssets.ReadTestImages().Slice(0, 300);
        using var classifier = Classifier.Load(DemoAssets.Classifier());

        var together = classifier.Predict(images.Pixels);

        for (var i = 0; i < images.Count; i++)
        {
            TensorPrimitives.Distance<float>(
                classifier.Predict(images.Image(i)), together.AsSpan(i * Classifier.ClassCount, Classifier.ClassCount)).ShouldBeLessThan(1e-5f);
        }
    }

    [Theory]
    [InlineData("missing.onnx", null)]
    [InlineData("foreign.onnx", "not a model")]
    [InlineData("empty.onnx", "")]
    public void A_missing_or_foreign_file_is_refused_by_name(string name, string? content)
    {
        var path = Path.Combine(_folder, name);
        if (content is not null)
        {
            File.WriteAllText(path, content);
        }

        Should.Throw<DemoDataException>(() => Classifier.Load(path)).Message.ShouldContain(name);
    }

    private static LabelledImages Corrupt(LabelledImages images, CorruptionKind kind, int severity)
    {
        var pixels = new byte[images.Pixels.Length];
        for (var i = 0; i < images.Count; i++)
        {
            Corruption.Apply(
                kind, severity, images.Image(i), pixels.AsSpan(i * LabelledImages.PixelCount, LabelledImages.PixelCount), seed: 5, (ulong)i);
        }

        return new LabelledImages(pixels, images.Labels.ToArray());
    }
}
