using System.Runtime.InteropServices;

namespace AccuracyMonitor.Core.Alarms;

/// <summary>What an alarm says now.</summary>
/// <param name="Firing">The evidence has reached its threshold.</param>
/// <param name="LogEvidence">Natural logarithm of the evidence.</param>
/// <param name="LogThreshold">Where it fires; infinite for an alarm that has nothing to watch.</param>
/// <param name="Labels">Labels observed (validity: since the last restart).</param>
/// <param name="Reason">One sentence with the numbers, for a person.</param>
public sealed record AlarmVerdict(bool Firing, double LogEvidence, double LogThreshold, long Labels, string Reason);

/// <summary>Labels since the evidence last began to grow: what a reason quotes.</summary>
[StructLayout(LayoutKind.Auto)]
internal record struct AlarmRun
{
    public long Labels { get; private set; }

    public double Weight { get; private set; }

    /// <summary>Weighted right ones.</summary>
    public double Right { get; private set; }

    /// <summary>Weighted sum of what the null hypothesis expects at least.</summary>
    public double Expected { get; private set; }

    public void Add(double weight, bool right, double expected)
    {
        Labels++;
        Weight += weight;
        Right += right ? weight : 0;
        Expected += weight * expected;
    }
}
