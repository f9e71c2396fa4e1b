using AccuracyMonitor.Sidecar.Adaptation;
using AccuracyMonitor.Training.Quantized;

namespace AccuracyMonitor.Sidecar.Tests.Adaptation;

public class AdaptationOptionsTests
{
    [Theory]
    [InlineData("")]
    [InlineData("auto")]
    [InlineData("COS k0=0.003 k1=0 l=100; over 100")]
    public void A_policy_is_empty_or_auto_or_a_policys_text(string policy) =>
        new AdaptationOptionsValidator().Validate(null, new AdaptationOptions { LearningRatePolicy = policy }).Succeeded.ShouldBeTrue();

    [Theory]
    [InlineData("COS k0=20 k1=0 l=100", "Adaptation:LearningRatePolicy is 'COS k0=20 k1=0 l=100'. Learning-rate policy: k0 of COS is 20; it must be 0 to 10.")]
    [InlineData("PLATEAU start=0 patience=2 threshold=0 cooldown=0 settle=1; FIX k0=0.1", "Adaptation:LearningRatePolicy must not be PLATEAU")]
    public void Another_text_stops_the_start_with_field_value_and_bound(string policy, string message) =>
        new AdaptationOptionsValidator().Validate(null, new AdaptationOptions { LearningRatePolicy = policy }).FailureMessage!.ShouldContain(message);

    [Fact]
    public void Bits_of_gradients_are_what_fine_tuning_runs_with_and_have_bounds()
    {
        var settings = new AdaptationOptions { GradientQuantizer = GradientQuantizer.Psq, GradientBits = 4 };

        var options = LearningRateChoice.Options(settings, ReadOnlyMemory<byte>.Empty, [], TimeProvider.System, default);

        options.Quantization.ShouldBe(new QuantizationOptions { Quantizer = GradientQuantizer.Psq, GradientBits = 4 });
        LearningRateChoice.Options(new AdaptationOptions(), ReadOnlyMemory<byte>.Empty, [], TimeProvider.System, default).Quantization.ShouldBeNull();
        new AdaptationOptionsValidator().Validate(null, new AdaptationOptions { GradientBits = 9 }).Failed.ShouldBeTrue();
        new AdaptationOptionsValidator().Validate(null, new AdaptationOptions { FineTuneMethod = (FineTuneMethod)9 }).Failed.ShouldBeTrue();
        new AdaptationOptionsValidator()
            .Validate(null, new AdaptationOptions { FineTuneMethod = FineTuneMethod.Halp, GradientQuantizer = GradientQuantizer.Bhq })
            .FailureMessage!.ShouldContain("Adaptation:FineTuneMethod is Halp, which takes neither Adaptation:GradientQuantizer (Bhq)");
    }

    [Fact]
    public void The_seconds_have_their_bounds() =>
        new AdaptationOptionsValidator().Validate(null, new AdaptationOptions { PolicySeconds = 0 }).Failed.ShouldBeTrue();
}
