namespace AccuracyMonitor.Core.Recalibration;

/// <summary>Mean weight of the labels seen so far. It is known before the next label, so an e-value may scale that label's stake by
/// it.</summary>
internal sealed class LabelWeights
{
    /// <summary>Cap on a weight divided by the mean: 1 over the default uniform share of one half.</summary>
    private const double Largest = 2;

    private double _sum;
    private int _count;

    public void Add(double weight)
    {
        _sum += weight;
        _count++;
    }

    /// <summary>Weight as a fraction of the cap, (0, 1].</summary>
    public double Share(double weight) => Math.Min(_count == 0 ? 1 : weight * _count / _sum, Largest) / Largest;
}
