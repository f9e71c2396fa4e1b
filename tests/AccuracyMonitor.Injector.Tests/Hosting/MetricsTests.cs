using AccuracyMonitor.Injector.Tests.Support;

namespace AccuracyMonitor.Injector.Tests.Hosting;

public sealed class MetricsTests
{
    [Fact]
    [Trait("Needs", "tools")]
    public async Task Promtool_finds_nothing_to_complain_about_and_every_reason_is_counted_from_the_start()
    {
        await using var injector = await TestInjector.StartAsync();
        await injector.ReadyAsync();
        var exposition = (await injector.GetAsync("/metrics")).Body;

        (await PromtoolAsync(exposition)).ShouldBe((0, ""));
        foreach (var reason in AccuracyMonitor.Injector.Decisions.Reason.All)
        {
            exposition.ShouldContain($"reason=\"{reason.Name}\"}} 0\n");
        }

        exposition.ShouldContain("accuracy_monitor_injector_certificate_expiry_timestamp_seconds 1");
        exposition.ShouldContain("accuracy_monitor_injector_build_info{version=\"0.1.0\"} 1\n");
    }

    private static async Task<(int Status, string Complaints)> PromtoolAsync(string exposition)
    {
        using var promtool = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("promtool", ["check", "metrics"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        await promtool.StandardInput.WriteAsync(exposition);
        promtool.StandardInput.Close();
        var complaints = await promtool.StandardOutput.ReadToEndAsync() + await promtool.StandardError.ReadToEndAsync();
        await promtool.WaitForExitAsync();
        return (promtool.ExitCode, complaints);
    }
}
