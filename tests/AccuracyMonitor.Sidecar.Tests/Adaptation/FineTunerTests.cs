using AccuracyMonitor.Sidecar.Adaptation;
using AccuracyMonitor.Sidecar.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AccuracyMonitor.Sidecar.Tests.Adaptation;

public sealed class FineTunerTests
{
    [Theory]
    [InlineData("Auto", "Information: Networks are fine-tuned in their last layer, by HALP (Adaptation:FineTuneMethod is Auto): Training:Mode is Off.")]
    [InlineData("FineTune", "Warning: Fine-tuning is off: Training:Mode is Off.")]
    [InlineData("Halp", null)]
    [InlineData("Auto", null, "--Adaptation:GradientQuantizer=Ptq")]
    [InlineData("FineTune", null, "--Adaptation:FineTuneEvery=0")]
    public async Task The_start_says_that_fine_tuning_is_off_only_where_nothing_fine_tunes(string method, string? line, params string[] settings)
    {
        await using var bench = await Workbench.OpenAsync(["--Training:Mode=Off", $"--Adaptation:FineTuneMethod={method}", .. settings]);
        var log = new LogRecorder<AdaptationWorker>();
        using var worker = ActivatorUtilities.CreateInstance<AdaptationWorker>(bench.Get<IServiceProvider>(), (ILogger<AdaptationWorker>)log);

        worker.Announce();

        log.Entries.Select(e => $"{e.Level}: {e.Message}").ShouldBe(line is null ? [] : [line]);
    }
}
