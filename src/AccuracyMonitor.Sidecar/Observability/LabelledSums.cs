using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Sidecar.Observability;

/// <summary>
/// Those of <see cref="LabelSums"/> that a fleet's audited accuracy and its interval are made of (<see cref="Core.Estimation.FleetAccuracy"/>), as
/// counters: they add up over pods and over any range.
/// </summary>
internal sealed class LabelledSums(ModelFamilies families, ModelKey key)
{
    private readonly CorrectableCounter _w = Child(families.LabelledWeight, key);
    private readonly CorrectableCounter _wy = Child(families.LabelledCorrectWeight, key);
    private readonly CorrectableCounter _wg = Child(families.LabelledExpectedWeight, key);
    private readonly CorrectableCounter _w2 = Child(families.LabelledSquaredWeight, key);
    private readonly CorrectableCounter _w2y = Child(families.LabelledCorrectSquaredWeight, key);
    private readonly CorrectableCounter _w2g = Child(families.LabelledExpectedSquaredWeight, key);
    private readonly CorrectableCounter _w2yg = Child(families.LabelledCorrectExpectedSquaredWeight, key);
    private readonly CorrectableCounter _w2g2 = Child(families.LabelledSquaredExpectedSquaredWeight, key);

    /// <param name="point">A label counted (+1) or taken back (−1).</param>
    /// <param name="sign">+1 or −1.</param>
    public void Add(in LabelPoint point, int sign)
    {
        var one = default(LabelSums);
        one.Add(point);
        _w.Add(sign * one.W);
        _wy.Add(sign * one.WY);
        _wg.Add(sign * one.WG);
        _w2.Add(sign * one.W2);
        _w2y.Add(sign * one.W2Y);
        _w2g.Add(sign * one.W2G);
        _w2yg.Add(sign * one.W2YG);
        _w2g2.Add(sign * one.W2G2);
    }

    private static CorrectableCounter Child(Prometheus.Counter family, ModelKey key) => new(family.WithLabels(key.Model, key.Version));
}
