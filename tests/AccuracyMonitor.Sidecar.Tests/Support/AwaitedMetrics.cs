using AccuracyMonitor.Hosting.Metrics;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Sidecar.Tests.Observability;
using Microsoft.Extensions.DependencyInjection;

namespace AccuracyMonitor.Sidecar.Tests.Support;

/// <summary>
/// Waits for values of metrics, and remembers them: a counter that was to reach 2 must still be 2 once the sidecar has worked off everything that
/// waited in it. A wait alone would also end on the way to 4.
/// </summary>
internal sealed class AwaitedMetrics(TestSidecar sidecar)
{
    private readonly Dictionary<string, double> _awaited = new(StringComparer.Ordinal);

    /// <param name="series">Without the prefix.</param>
    /// <param name="value">0 as well where the series does not exist.</param>
    public async Task UntilAsync(string series, double value)
    {
        await Eventually.TrueAsync(async () => (await sidecar.MetricAsync(MetricRegistry.Prefix + series) ?? 0).Equals(value), $"{series} is {value}");
        _awaited[series] = value;
    }

    /// <summary>Stops the sidecar, which works off what waits, and looks again.</summary>
    public async Task ShouldStillHoldAsync()
    {
        await sidecar.StopAsync();
        var lines = ExportTests.Expose(sidecar.Services.GetRequiredService<MetricRegistry>()).Split('\n');
        foreach (var (series, value) in _awaited)
        {
            var line = lines.SingleOrDefault(l => l.StartsWith($"{MetricRegistry.Prefix}{series} ", StringComparison.Ordinal));
            (line is null ? 0 : double.Parse(line[(line.LastIndexOf(' ') + 1)..])).ShouldBe(value, series);
        }
    }
}
