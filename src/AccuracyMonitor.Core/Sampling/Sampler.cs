namespace AccuracyMonitor.Core.Sampling;

/// <summary>
/// Decides, one prediction at a time, which are to be labelled. For one owner: not thread-safe.
/// </summary>
public sealed class Sampler
{
    private readonly SamplingOptions _options;
    private readonly ulong _prefix;

    public Sampler(SamplingOptions options, ModelKey key)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _prefix = SamplingCoin.Prefix(options.Seed, key);
    }

    /// <summary>Σπ over all decisions so far.</summary>
    public double ExpectedRequests { get; private set; }

    /// <param name="id">Prediction id, unique per model version.</param>
    /// <param name="score">g, [0,1].</param>
    /// <param name="now">The present: only the hourly cap looks at it.</param>
    public SamplingDecision Decide(ReadOnlySpan<char> id, double score, DateTimeOffset now)
    {
        _ = score;
        _ = now;
        var pi = _options.Budget;
        ExpectedRequests += pi;
        var selected = StableHash.ToUniform(StableHash.Of(id, _prefix)) < pi;
        return new SamplingDecision(selected, pi, _options.Policy, Capped: false);
    }
}
