using AccuracyMonitor.Sidecar.Sampling;

namespace AccuracyMonitor.Sidecar.Tests.Sampling;

public sealed class SamplingSettingsTests
{
    [Fact]
    public void NewTauChoice_OtherPoliciesOrSwitchedOff_TauStaysAsConfigured()
    {
        new SamplingSettings().NewTauChoice().ShouldNotBeNull();
        new SamplingSettings { AdaptTau = false }.NewTauChoice().ShouldBeNull();
        new SamplingSettings { Policy = Core.Sampling.SamplingPolicy.Uniform }.NewTauChoice().ShouldBeNull();
        new SamplingSettings().LeastInclusionRatio.ShouldBe(0.2, 1e-12);
        new SamplingSettings { AdaptTau = false }.LeastInclusionRatio.ShouldBe(0.4, 1e-12);
    }
}
