namespace AccuracyMonitor.Hosting.Metrics;

/// <summary>One time series: the values of its family's labels, and a number. Thread-safe.</summary>
public sealed class Series(string[] labels, double value = 0)
{
    private double _value = value;

    /// <summary>In the order of the family's label names.</summary>
    public string[] Labels { get; } = labels;

    public double Value => Volatile.Read(ref _value);

    public void Set(double value) => Volatile.Write(ref _value, value);

    public void Add(double amount)
    {
        var before = Volatile.Read(ref _value);
        while (true)
        {
            var seen = Interlocked.CompareExchange(ref _value, before + amount, before);
            if (seen.Equals(before))
            {
                return;
            }

            before = seen;
        }
    }
}
