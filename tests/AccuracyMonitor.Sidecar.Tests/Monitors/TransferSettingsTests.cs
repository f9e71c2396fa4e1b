using AccuracyMonitor.Sidecar.Monitors;
using AccuracyMonitor.Training.Quantized;

namespace AccuracyMonitor.Sidecar.Tests.Monitors;

public class TransferSettingsTests
{
    [Theory]
    [InlineData("")]
    [InlineData("auto")]
    [InlineData("COS k0=0.003 k1=0 l=100; over 100")]
    public void A_policy_is_empty_or_auto_or_a_policys_text(string policy) =>
        new TransferSettingsValidator().Validate(null, new TransferSettings { LearningRatePolicy = policy }).Succeeded.ShouldBeTrue();

    [Theory]
    [InlineData("COS k0=20 k1=0 l=100", "Transfer:LearningRatePolicy is 'COS k0=20 k1=0 l=100'. Learning-rate policy: k0 of COS is 20; it must be 0 to 10.")]
    [InlineData("PLATEAU start=0 patience=2 threshold=0 cooldown=0 settle=1; FIX k0=0.1", "Transfer:LearningRatePolicy must not be PLATEAU")]
    public void Another_text_stops_the_start_with_field_value_and_bound(string policy, string message) =>
        new TransferSettingsValidator().Validate(null, new TransferSettings { LearningRatePolicy = policy }).FailureMessage!.ShouldContain(message);

    [Fact]
    public void Bits_of_gradients_are_what_fine_tuning_runs_with_and_have_bounds()
    {
        var settings = new TransferSettings { GradientQuantizer = GradientQuantizer.Psq, GradientBits = 4 };

        var options = LearningRateSetting.Options(settings, ReadOnlyMemory<byte>.Empty, [], TimeProvider.System, default);

        options.Quantization.ShouldBe(new QuantizationOptions { Quantizer = GradientQuantizer.Psq, GradientBits = 4 });
        LearningRateSetting.Options(new TransferSettings(), ReadOnlyMemory<byte>.Empty, [], TimeProvider.System, default).Quantization.ShouldBeNull();
        new TransferSettingsValidator().Validate(null, new TransferSettings { GradientBits = 9 }).Failed.ShouldBeTrue();
        new TransferSettingsValidator().Validate(null, new TransferSettings { NetworkMethod = (NetworkMethod)9 }).Failed.ShouldBeTrue();
        new TransferSettingsValidator().Validate(null, new TransferSettings { NetworkMethod = NetworkMethod.Halp, GradientQuantizer = GradientQuantizer.Bhq })
            .FailureMessage!.ShouldContain("Transfer:NetworkMethod is Halp, which takes neither Transfer:GradientQuantizer (Bhq)");
    }

    [Fact]
    public void The_seconds_have_their_bounds() =>
        new TransferSettingsValidator().Validate(null, new TransferSettings { PolicySeconds = 0 }).Failed.ShouldBeTrue();
}
