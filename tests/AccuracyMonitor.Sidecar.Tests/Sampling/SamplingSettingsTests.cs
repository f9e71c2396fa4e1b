using AccuracyMonitor.Sidecar.Sampling;

namespace AccuracyMonitor.Sidecar.Tests.Sampling;

public sealed class SamplingSettingsTests
{
    [Fact]
    public void NewTauChoice_OtherPoliciesOrSwitchedOff_TauStaysAsConfigured()
    {
        new SamplingSettings().NewUniformShareChoice().ShouldNotBeNull();
        new SamplingSettings { AdaptUniformShare = false }.NewUniformShareChoice().ShouldBeNull();
        new SamplingSettings { Policy = Core.Sampling.SamplingPolicy.Uniform }.NewUniformShareChoice().ShouldBeNull();
        new SamplingSettings().LeastInclusionRatio.ShouldBe(0.2, 1e-12);
        new SamplingSettings { AdaptUniformShare = false }.LeastInclusionRatio.ShouldBe(0.4, 1e-12);
    }
}
