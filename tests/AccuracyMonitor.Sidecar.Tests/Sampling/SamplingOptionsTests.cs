using AccuracyMonitor.Sidecar.Sampling;

namespace AccuracyMonitor.Sidecar.Tests.Sampling;

public sealed class SamplingOptionsTests
{
    [Fact]
    public void NewUniformShareChoice_OtherPoliciesOrSwitchedOff_TheUniformShareStaysAsConfigured()
    {
        new SamplingOptions().NewUniformShareChoice().ShouldNotBeNull();
        new SamplingOptions { AdaptUniformShare = false }.NewUniformShareChoice().ShouldBeNull();
        new SamplingOptions { Policy = Core.Sampling.SamplingPolicy.Uniform }.NewUniformShareChoice().ShouldBeNull();
        new SamplingOptions().LeastInclusionRatio.ShouldBe(0.2, 1e-12);
        new SamplingOptions { AdaptUniformShare = false }.LeastInclusionRatio.ShouldBe(0.4, 1e-12);
    }
}
