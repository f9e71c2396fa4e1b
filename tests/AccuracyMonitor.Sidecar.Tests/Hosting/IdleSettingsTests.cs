using AccuracyMonitor.Sidecar.Composition;
using AccuracyMonitor.Sidecar.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace AccuracyMonitor.Sidecar.Tests.Hosting;

public sealed class IdleSettingsTests
{
    [Theory]
    [InlineData("No effect has Tap:Outputs:0: the tap is off (Tap:GrpcPort, Tap:HttpPort).", "--Tap:Outputs:0=m=out")]
    [InlineData("No effect has Sink:Outputs:0: the sink is off (Sink:Port).", "--Sink:Outputs:0=m=out")]
    [InlineData("No effect has Telemetry:TraceRatio: nothing is pushed (Telemetry:OtlpEndpoint).", "--Telemetry:TraceRatio=1")]
    [InlineData("No effect has Sampling:UniformShare: Sampling:Policy is Uniform, not Mixed.", "--Sampling:Policy=Uniform", "--Sampling:UniformShare=0.7")]
    [InlineData("No effect has Adaptation:GradientBits: Adaptation:GradientQuantizer is None.", "--Adaptation:GradientBits=4")]
    [InlineData("No effect has Adaptation:FineTuneMethod: Adaptation:FineTuneEvery is 0.", "--Adaptation:FineTuneEvery=0", "--Adaptation:FineTuneMethod=Halp")]
    public async Task A_setting_without_effect_is_a_notice_with_the_reason(string notice, params string[] settings) =>
        (await NoticesAsync(settings)).ShouldBe([notice]);

    [Theory]
    [InlineData]
    [InlineData("--Tap:GrpcPort=0", "--Tap:Outputs:0=m=out")]
    [InlineData("--Sink:Port=-1", "--Sink:Address=0.0.0.0", "--Tap:Address=0.0.0.0", "--Tap:HealthPort=7703")]
    [InlineData("--Sampling:UniformShare=0.7")]
    public async Task Settings_that_have_an_effect_and_those_of_the_image_are_none(params string[] settings) => (await NoticesAsync(settings)).ShouldBeEmpty();

    private static async Task<IReadOnlyList<string>> NoticesAsync(string[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("am-idle-").FullName;
        await using var app = SidecarApplication.Build([.. TestSidecar.Settings(folder), .. settings]);
        Directory.Delete(folder);
        return ActivatorUtilities.CreateInstance<IdleSettings>(app.Services).Notices.Notices;
    }
}
