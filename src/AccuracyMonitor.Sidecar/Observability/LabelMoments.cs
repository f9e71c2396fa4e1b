using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Hosting.Metrics;

namespace AccuracyMonitor.Sidecar.Observability;

/// <summary>
/// The sums over labels that a fleet's audited accuracy and its interval are computed from (<see cref="Core.Estimation.FleetAccuracy"/>), as
/// counters: they add up over pods and over any range. One label has w = 1/inclusion probability, y = 1 when it says right, and score g.
/// </summary>
internal sealed class LabelMoments
{
    public const string Help =
        "Sums over labels, by moment. With w = 1/inclusion probability, y = 1 when the label says right and g the score: "
        + "w = sum of w, w_correct = w*y, w_score = w*g, w2 = w^2, w2_correct = w^2*y, w2_score = w^2*g, w2_correct_score = w^2*y*g, w2_score2 = w^2*g^2. "
        + "Together they give the audited accuracy and its variance over any range and pods.";

    private static readonly (string Name, Func<LabelSums, double> Read)[] Moments =
    [
        ("w", s => s.W),
        ("w_correct", s => s.WY),
        ("w_score", s => s.WG),
        ("w2", s => s.W2),
        ("w2_correct", s => s.W2Y),
        ("w2_score", s => s.W2G),
        ("w2_correct_score", s => s.W2YG),
        ("w2_score2", s => s.W2G2),
    ];

    private readonly CorrectableCounter[] _counters;

    public LabelMoments(CounterFamily family, ModelKey key)
    {
        _counters = [.. Moments.Select(m => new CorrectableCounter(family.Of(key.Model, key.Version, m.Name)))];
    }

    /// <param name="point">A label counted (+1) or taken back (−1).</param>
    /// <param name="sign">+1 or −1.</param>
    public void Add(in LabelPoint point, int sign)
    {
        var one = default(LabelSums);
        one.Add(point);
        for (var i = 0; i < Moments.Length; i++)
        {
            _counters[i].Add(sign * Moments[i].Read(one));
        }
    }
}
