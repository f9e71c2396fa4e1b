namespace AccuracyMonitor.Core.Sampling;

/// <summary>Mean of about the last thousand values: exact at first, exponentially weighted later. Never pass NaN: it would stay in the
/// mean.</summary>
internal sealed class RunningMean(double start)
{
    // Number of values that the initial guess counts as.
    private const double GuessWeight = 20;
    private const double Memory = 1000;
    private double _weight = GuessWeight;

    public double Value { get; private set; } = start;

    public void Add(double value)
    {
        _weight = Math.Min(_weight + 1, Memory);
        Value += (value - Value) / _weight;
    }
}
