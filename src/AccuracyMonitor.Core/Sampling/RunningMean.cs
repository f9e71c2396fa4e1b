namespace AccuracyMonitor.Core.Sampling;

/// <summary>Mean of the last thousand or so values: exact at first, exponentially fading later. A NaN would stay in it for good.</summary>
internal sealed class RunningMean(double start)
{
    // The first values weigh against a guess worth this many.
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
