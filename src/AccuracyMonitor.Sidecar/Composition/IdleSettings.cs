using AccuracyMonitor.Capture.Sinks;
using AccuracyMonitor.Capture.Tap;
using AccuracyMonitor.Core.Sampling;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Sidecar.Adaptation;
using AccuracyMonitor.Sidecar.Fleet;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Sidecar.Sampling;
using AccuracyMonitor.Training.Quantized;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Composition;

/// <summary>Settings that were given and have no effect beside the others: valid, and probably not what was meant.</summary>
internal sealed class IdleSettings(
    GivenSettings given, IOptions<TapOptions> tap, IOptions<SinkOptions> sink, IOptions<TelemetryOptions> telemetry, IOptions<SamplingOptions> sampling,
    IOptions<AdaptationOptions> adaptation, IOptions<HubOptions> hub)
{
    /// <summary>One sentence for each reason.</summary>
    public ConfigurationNotices Notices => new([.. Find()]);

    private IEnumerable<string> Find()
    {
        var (fit, draw) = (adaptation.Value, sampling.Value);
        (bool IsIdle, string Reason, string[] Settings)[] rules =
        [
            (!tap.Value.IsOn, "the tap is off (Tap:GrpcPort, Tap:HttpPort)", ["Tap:"]),
            (sink.Value.Port < 0, "the sink is off (Sink:Port)", ["Sink:"]),
            (telemetry.Value.OtlpEndpoint.Length == 0, "nothing is pushed (Telemetry:OtlpEndpoint)", ["Telemetry:"]),
            (!hub.Value.IsOn, "there is no hub (Hub:Address)", ["Hub:"]),
            (draw.Policy != SamplingPolicy.Mixed, $"Sampling:Policy is {draw.Policy}, not Mixed", ["Sampling:UniformShare", "Sampling:AdaptUniformShare"]),
            (fit.RecalibrateEvery == 0, "Adaptation:RecalibrateEvery is 0", ["Adaptation:RecalibrateMinLabels"]),
            (fit.FineTuneEvery == 0, "Adaptation:FineTuneEvery is 0",
                ["Adaptation:FineTuneMethod", "Adaptation:GradientQuantizer", "Adaptation:LearningRatePolicy"]),
            (fit.GradientQuantizer == GradientQuantizer.None, "Adaptation:GradientQuantizer is None", ["Adaptation:GradientBits"]),
            (fit.LearningRatePolicy != "auto", "Adaptation:LearningRatePolicy is not auto", ["Adaptation:PolicySeconds"]),
        ];
        return rules.Where(static rule => rule.IsIdle)
            .Select(rule => (rule.Reason, Names: Given(rule.Settings)))
            .Where(static found => found.Names.Length > 0)
            .Select(static found => $"No effect has {string.Join(", ", found.Names)}: {found.Reason}.");
    }

    /// <summary>The image and the chart say where ports would listen and what they would take; a port that is off is named by its number.</summary>
    private string[] Given(string[] settings) =>
    [
        .. given.Values.Keys.Where(g => settings.Any(s => g.StartsWith(s, StringComparison.OrdinalIgnoreCase)))
            .Where(static g => !g.EndsWith("Port", StringComparison.OrdinalIgnoreCase) && !g.EndsWith(":Address", StringComparison.OrdinalIgnoreCase)
                && !g.EndsWith(":AllowAnonymous", StringComparison.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal),
    ];
}
