using AccuracyMonitor.Demo.Attacks;
using AccuracyMonitor.Demo.Data;
using AccuracyMonitor.Demo.Serving;

namespace AccuracyMonitor.Demo.Tests.Attacks;

[Collection(nameof(Torch))]
public sealed class AdversarialTrainingTests
{
    public AdversarialTrainingTests() => Torch.Load();

    [Fact]
    public void Examples_it_was_taught_fool_it_less_for_some_clean_images()
    {
        var (taught, kept) = (DemoAssets.ReadTestImages().Slice(0, 400), DemoAssets.ReadTestImages().Slice(400, 400));
        using var attack = new GradientAttack(DemoAssets.Classifier());
        var options = new AttackOptions(AttackKind.Pgd, Severity: 3, Seed: 1);
        var (lesson, exam) =
            (attack.Apply(taught, options, TestContext.Current.CancellationToken), attack.Apply(kept, options, TestContext.Current.CancellationToken));
        var both = new LabelledImages([.. taught.Pixels, .. lesson.Pixels], [.. taught.Labels, .. lesson.Labels]);

        var onnx = AdversarialTraining.Run(
            DemoAssets.Classifier(), both, new AdversarialTrainingOptions(Epochs: 6), cancel: TestContext.Current.CancellationToken);

        using var trained = Classifier.Load(onnx, "adversarially-trained");
        ServedModel.CountRight(trained, exam).ShouldBeGreaterThan(ServedModel.CountRight(exam) + 30, "of 400 attacked images that it was not taught");
        ServedModel.CountRight(trained, kept).ShouldBeGreaterThan(ServedModel.CountRight(kept) - 50, "of 400 clean ones; so few to learn from cost some");
    }
}
