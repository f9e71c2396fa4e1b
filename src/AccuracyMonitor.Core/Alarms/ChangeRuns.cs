using System.Runtime.InteropServices;

namespace AccuracyMonitor.Core.Alarms;

/// <summary>
/// Since when? For each bet, the labels since its sum of log L was last at its lowest (Page 1954, "Continuous inspection schemes"): the most
/// likely time of the change if that bet is right. It decides nothing; it is what the reason of an alarm quotes.
/// </summary>
internal sealed class ChangeRuns(int bets)
{
    private double[] _gains = new double[bets];
    private LabelRun[] _runs = new LabelRun[bets];

    /// <summary>The run of the bet that has gained most since; empty when every bet has just lost.</summary>
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

    /// <summary>Of the right ones.</summary>
    public double Right { get; private set; }

    /// <summary>Of what the null hypothesis expects to be right at least.</summary>
    public double Expected { get; private set; }

    public void Add(double weight, bool right, double expected)
    {
        Labels++;
        Weight += weight;
        Right += right ? weight : 0;
        Expected += weight * expected;
    }
}
