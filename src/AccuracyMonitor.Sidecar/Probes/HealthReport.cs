using System.Globalization;
using System.Text;

namespace AccuracyMonitor.Sidecar.Probes;

/// <summary>The state of the sidecar's parts at one moment.</summary>
/// <param name="IsServing">Started, and not stopping.</param>
/// <param name="IsStarted">The start is over.</param>
/// <param name="Components">In a fixed order.</param>
internal sealed record HealthReport(bool IsServing, bool IsStarted, IReadOnlyList<ComponentState> Components)
{
    /// <summary>False: a restart may help, and nothing else will.</summary>
    public bool IsLive => IsStarted && !Components.Any(c => c is { IsUp: false, Effect: HealthEffect.Restart });

    /// <summary>False: predictions are better sent elsewhere.</summary>
    public bool IsReady => IsServing && IsLive && !Components.Any(c => c is { IsUp: false, Effect: HealthEffect.Unready });

    /// <summary>One word, and a line for each component.</summary>
    public string ToText()
    {
        var word = !IsStarted ? "Starting" : !IsLive ? "Unhealthy" : !IsServing ? "Stopping" : Components.All(c => c.IsUp) ? "Healthy" : "Degraded";
        var text = new StringBuilder(word).Append('\n');
        foreach (var component in Components)
        {
            text.Append(CultureInfo.InvariantCulture, $"{component.Name}: {(component.IsUp ? "up" : "down, " + component.Reason)}\n");
        }

        return text.ToString();
    }
}

/// <param name="Name">Value of the metric's label component.</param>
/// <param name="Reason">Why it is not up; null: it is.</param>
/// <param name="Effect">What its being down does to the probes.</param>
internal sealed record ComponentState(string Name, string? Reason, HealthEffect Effect)
{
    public bool IsUp => Reason is null;
}

internal enum HealthEffect
{
    /// <summary>Named in the body, in the metric and in the alert; no probe fails.</summary>
    Report,

    /// <summary>/readyz fails: a restart does not help, and another replica may do better.</summary>
    Unready,

    /// <summary>/healthz and /readyz fail: work waits and none gets done.</summary>
    Restart,
}
