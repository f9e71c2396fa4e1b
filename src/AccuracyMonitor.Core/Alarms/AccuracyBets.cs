using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Core.Alarms;

/// <summary>
/// Bets that accuracy is below an objective: L = 1 + β·w·(e − ε₀). e = 1 for a wrong prediction, ε₀ is the allowed error rate, and w is the
/// label's weight divided by the running mean of π over predictions. E[L] ≤ 1 while the error rate is at most ε₀: see <see
/// cref="AccuracyAlarm"/>.
/// </summary>
internal sealed class AccuracyBets(double allowedError, double minInclusionRatio)
{
    // Number of labels in the running mean of 1/π: enough to average out the noise of single weights, and only a fraction of a day's
    // labels.
    private const int ScaleMemory = 200;

    // Bet sizes as fractions of the largest size whose factor stays non-negative. Each is half of the one before; the smallest suits a
    // change of a twentieth of ε₀.
    private static readonly double[] Shares = [0.95, 0.5, 0.25, 0.125, 0.0625, 0.03125];

    private double[] _logFactors = new double[Shares.Length];
    private double _inverseScale;
    private long _labels;

    public static int Count => Shares.Length;

    /// <summary>log L of each bet for the last label.</summary>
    public ReadOnlySpan<double> LogFactors => _logFactors;

    /// <summary>Computes the factors for a label with π &gt; 0.</summary>
    /// <returns>The weight of the label; 0 for the first label, which only initialises the mean.</returns>
    public double Place(in LabelPoint label)
    {
        _labels++;
        var weight = Weigh(label.InclusionProbability);
        var gain = weight * ((label.Correct ? 0 : 1) - allowedError);
        var largest = minInclusionRatio / allowedError;
        for (var k = 0; k < Shares.Length; k++)
        {
            _logFactors[k] = Math.Log(1 + (Shares[k] * largest * gain));
        }

        return weight;
    }

    public AccuracyBets Copy()
    {
        var copy = (AccuracyBets)MemberwiseClone();
        copy._logFactors = [.. _logFactors];
        return copy;
    }

    private double Weigh(double inclusion)
    {
        var inverse = 1 / inclusion;
        var highest = 1 / minInclusionRatio;
        if (_labels == 1)
        {
            _inverseScale = inverse;
            return 0;
        }

        var weight = inverse / _inverseScale;
        if (weight > highest)
        {
            weight = highest;
            _inverseScale = inverse / highest;
        }

        _inverseScale += (inverse - _inverseScale) / Math.Min(_labels, ScaleMemory);
        return weight;
    }
}
