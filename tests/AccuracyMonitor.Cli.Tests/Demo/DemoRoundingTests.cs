using AccuracyMonitor.Cli.Demo;
using AccuracyMonitor.Cli.Training;
using AccuracyMonitor.Demo.Data;
using AccuracyMonitor.Demo.Model;
using AccuracyMonitor.Training;
using AccuracyMonitor.Training.Quantized;

namespace AccuracyMonitor.Cli.Tests.Demo;

/// <summary>The demo's own classifier, convolutions and all, trained by the real quantizers.</summary>
public class DemoRoundingTests
{
    [Fact]
    public void The_demos_classifier_learns_in_four_bits_and_says_what_trained_it()
    {
        TorchRuntime.IsAvailable(out var reason).ShouldBeTrue(reason);
        var images = DemoAssets.ReadTestImages().Slice(0, 256);
        var rounding = new LayerwiseRounding(new QuantizationOptions { Quantizer = GradientQuantizer.Bhq, GradientBits = 4 }, seed: 1, every: 4);

        var accuracy = ClassifierFit.Run(images, epochs: 10, seed: 1, DemoRounding.Of(rounding), cancel: TestContext.Current.CancellationToken);

        accuracy.ShouldBeGreaterThan(0.6, "0.1 is what chance gives");
        var reading = rounding.Reading(accuracy, from: 16);
        reading.OverBound.ShouldBe(0);
        reading.Readings.Select(r => r.Step).Distinct().ShouldBe([16]);
        foreach (var layer in Enumerable.Range(0, 4))
        {
            reading.Relative(layer, GradientQuantizer.Bhq).ShouldBeLessThan(reading.Relative(layer, GradientQuantizer.Psq), $"layer {layer}");
            reading.Relative(layer, GradientQuantizer.Psq).ShouldBeLessThan(reading.Relative(layer, GradientQuantizer.Ptq), $"layer {layer}");
        }

        rounding.Numbers().ShouldContain(new KeyValuePair<string, string>("quantizer.bits", "4 8 8"));
    }

    [Fact]
    public void Bits_without_a_quantizer_are_refused() =>
        DemoModelCommand.Create().Parse("--grad-bits 4").Errors.Single().Message.ShouldBe("--grad-bits needs --grad-quant.");
}
