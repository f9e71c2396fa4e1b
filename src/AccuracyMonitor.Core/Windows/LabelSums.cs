using System.Runtime.InteropServices;

namespace AccuracyMonitor.Core.Windows;

/// <summary>
/// Sums over labelled predictions, with w = 1/π, y = 1 for a correct prediction and g the score. They merge by addition. They suffice for
/// the AIPW estimate, its variance and its skewness at any tuning λ: Σw·(y−λg), Σw²·(y−λg)² and Σw³·(y−λg)³ are polynomials in λ with these
/// coefficients.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public record struct LabelSums
{
    /// <summary>Labels.</summary>
    public long Count { get; set; }

    /// <summary>Labels that say "correct".</summary>
    public long Correct { get; set; }

    /// <summary>Requests that ended without a label (skipped or expired).</summary>
    public long Unanswered { get; set; }

    /// <summary>Σw.</summary>
    public double W { get; set; }

    /// <summary>Σw².</summary>
    public double W2 { get; set; }

    /// <summary>Σw·y.</summary>
    public double WY { get; set; }

    /// <summary>Σw²·y.</summary>
    public double W2Y { get; set; }

    /// <summary>Σw·g.</summary>
    public double WG { get; set; }

    /// <summary>Σw²·g.</summary>
    public double W2G { get; set; }

    /// <summary>Σw²·y·g.</summary>
    public double W2YG { get; set; }

    /// <summary>Σw²·g².</summary>
    public double W2G2 { get; set; }

    /// <summary>Σw³.</summary>
    public double W3 { get; set; }

    /// <summary>Σw³·y.</summary>
    public double W3Y { get; set; }

    /// <summary>Σw³·g.</summary>
    public double W3G { get; set; }

    /// <summary>Σw³·y·g.</summary>
    public double W3YG { get; set; }

    /// <summary>Σw³·g².</summary>
    public double W3G2 { get; set; }

    /// <summary>Σw³·y·g².</summary>
    public double W3YG2 { get; set; }

    /// <summary>Σw³·g³.</summary>
    public double W3G3 { get; set; }

    public void Add(in LabelPoint point) => Accumulate(point, 1);

    /// <summary>Removes a label; a correction is a removal and an addition. The point must have been added before.</summary>
    public void Remove(in LabelPoint point)
    {
        Accumulate(point, -1);
        if (Count <= 0)
        {
            // Without this, rounding errors would leave a weight without a label.
            this = new LabelSums { Unanswered = Unanswered };
        }
    }

    public void Merge(in LabelSums other)
    {
        Count += other.Count;
        Correct += other.Correct;
        Unanswered += other.Unanswered;
        W += other.W;
        W2 += other.W2;
        WY += other.WY;
        W2Y += other.W2Y;
        WG += other.WG;
        W2G += other.W2G;
        W2YG += other.W2YG;
        W2G2 += other.W2G2;
        W3 += other.W3;
        W3Y += other.W3Y;
        W3G += other.W3G;
        W3YG += other.W3YG;
        W3G2 += other.W3G2;
        W3YG2 += other.W3YG2;
        W3G3 += other.W3G3;
    }

    private void Accumulate(in LabelPoint point, int sign)
    {
        var g = point.Score;
        var weight = 1 / point.InclusionProbability;
        var w = sign * weight;
        var w2 = w * weight;
        var w3 = w2 * weight;
        Count += sign;
        W += w;
        W2 += w2;
        WG += w * g;
        W2G += w2 * g;
        W2G2 += w2 * g * g;
        W3 += w3;
        W3G += w3 * g;
        W3G2 += w3 * g * g;
        W3G3 += w3 * g * g * g;
        if (point.Correct)
        {
            Correct += sign;
            WY += w;
            W2Y += w2;
            W2YG += w2 * g;
            W3Y += w3;
            W3YG += w3 * g;
            W3YG2 += w3 * g * g;
        }
    }
}
