using System.Runtime.InteropServices;

namespace AccuracyMonitor.Core.Alarms;

/// <summary>
/// Estimates when the change began. For each bet it counts the labels since the cumulative log L was last at its minimum (Page 1954,
/// "Continuous inspection schemes"), which is the maximum-likelihood change time if that bet is right. Used in the alarm's reason text
/// only; it does not affect the decision.
/// </summary>
internal sealed class ChangeRuns(int bets)
{
    private double[] _gains = new double[bets];
    private LabelRun[] _runs = new LabelRun[bets];

    /// <summary>The run of the bet with the largest gain since its minimum; empty when no bet has a gain.</summary>
    public LabelRun Best
    {
        get
        {
            var best = 0;
            for (var k = 1; k < _gains.Length; k++)
            {
                best = _gains[k] > _gains[best] ? k : best;
            }

            return _runs[best];
        }
    }

    public void Add(ReadOnlySpan<double> logFactors, double weight, bool right, double expected)
    {
        for (var k = 0; k < _gains.Length; k++)
        {
            _gains[k] += logFactors[k];
            _runs[k].Add(weight, right, expected);
            if (_gains[k] <= 0)
            {
                _gains[k] = 0;
                _runs[k] = default;
            }
        }
    }

    public ChangeRuns Copy()
    {
        var copy = (ChangeRuns)MemberwiseClone();
        (copy._gains, copy._runs) = ([.. _gains], [.. _runs]);
        return copy;
    }

    public void Reset()
    {
        Array.Clear(_gains);
        Array.Clear(_runs);
    }
}

/// <summary>Weighted sums over a run of labels.</summary>
[StructLayout(LayoutKind.Auto)]
internal record struct LabelRun
{
    public long Labels { get; private set; }

    public double Weight { get; private set; }

    /// <summary>Weighted number of correct predictions.</summary>
    public double Right { get; private set; }

    /// <summary>Weighted number of correct predictions that the null hypothesis expects at least.</summary>
    public double Expected { get; private set; }

    public void Add(double weight, bool right, double expected)
    {
        Labels++;
        Weight += weight;
        Right += right ? weight : 0;
        Expected += weight * expected;
    }
}
