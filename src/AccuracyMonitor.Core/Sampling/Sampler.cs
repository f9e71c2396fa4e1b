namespace AccuracyMonitor.Core.Sampling;

/// <summary>
/// Decides for one prediction at a time whether it is to be labelled (Zrnic and Candès 2024, "Active Statistical Inference", sequential
/// sampling; docs/science/estimates.md). Not thread-safe: use one owner. <see cref="Decide"/> allocates nothing.
/// </summary>
/// <remarks>
/// <para>Mixed, with the uniform share (τ) and the budget b: π = τ·b + (1−τ)·b·(u/ū)·f, where u = max(floor, √(g(1−g))),
/// ū is the mean of u over about the last thousand earlier predictions and f is the feedback on Σπ so far. Stratified: the same
/// with the labelling density of g's stratum instead of u/ū, and a
/// uniform share of at least one half. Uniform: π = b.</para>
/// <para>Guarantees: π depends only on this prediction's g and on earlier predictions; τ·b ≤ π ≤ 1 (stratified: max(τ, ½)·b ≤ π); over any
/// 10,000 consecutive predictions Σπ is within 5 % of b·10,000. While the hourly cap limits, b is replaced by a smaller b(t), and the
/// guarantees hold with it.</para>
/// </remarks>
public sealed class Sampler
{
    private readonly SamplerOptions _options;
    private readonly KeyedHash _hash;
    private readonly HourlyCap _cap;
    private readonly BudgetControl _control = new();
    private readonly ScoreStrata _strata;
    private readonly UncertaintyCut _cut = new();

    // Initial guess of the mean u: that of g = 0.93.
    private readonly RunningMean _meanUncertainty = new(0.25);

    /// <param name="options">Policy, budget and limits.</param>
    /// <param name="key">The deployed model whose predictions are decided on; part of the hash behind each draw.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option lies outside the range it states.</exception>
    public Sampler(SamplerOptions options, ModelKey key)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        _options = options;
        _hash = options.Coin.Decisions(key);
        _cap = new HourlyCap(options.MaxRequestsPerHour);
        _strata = new ScoreStrata(options.Floor);
        UniformShare = options.UniformShare;
    }

    /// <summary>Uniform share of the budget from the next decision on, (0,1]; initially <see cref="SamplerOptions.UniformShare"/>. It must be
    /// chosen from earlier predictions only, as <see cref="RobustMix"/> does.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside (0,1].</exception>
    public double UniformShare
    {
        get;
        set
        {
            Require.That(value is > 0 and <= 1, value, "above 0 and at most 1", nameof(UniformShare));
            field = value;
        }
    }

    /// <summary>Σπ over all decisions so far. <see cref="SamplingPolicy.TopUncertainty"/> has no π; there it is the number
    /// selected.</summary>
    public double ExpectedRequests { get; private set; }

    /// <summary>Lower bound of π divided by the current budget.</summary>
    private double LeastShare => _options.Policy switch
    {
        SamplingPolicy.Mixed => UniformShare,
        SamplingPolicy.Stratified => Math.Max(0.5, UniformShare),
        _ => 1,
    };

    /// <summary>Keyed hash of a prediction id. Its upper 53 bits are the random number of the decision; it is also a key for
    /// <c>RecentIds</c>, where nobody can make two ids collide.</summary>
    public ulong HashOf(ReadOnlySpan<char> id) => _hash.Of(id);

    /// <inheritdoc cref="Decide(ulong, double, DateTimeOffset)"/>
    /// <param name="id">Prediction id, unique per model version.</param>
    public SamplingDecision Decide(ReadOnlySpan<char> id, double score, DateTimeOffset now) => Decide(HashOf(id), score, now);

    /// <param name="hash"><see cref="HashOf"/> the prediction's id.</param>
    /// <param name="score">g, [0,1]. Any other value, including NaN, counts as ½, the most uncertain.</param>
    /// <param name="now">Current time; used only by the hourly cap.</param>
    public SamplingDecision Decide(ulong hash, double score, DateTimeOffset now)
    {
        var budget = _cap.Limit(_options.Budget, now);
        if (budget <= 0)
        {
            return new SamplingDecision(Selected: false, InclusionProbability: 0, _options.Policy, Capped: true);
        }

        var g = score is >= 0 and <= 1 ? score : 0.5;
        return _options.Policy == SamplingPolicy.TopUncertainty ? DecideTopUncertainty(g, budget) : Draw(hash, g, budget);
    }

    private SamplingDecision Draw(ulong hash, double g, double budget)
    {
        var pi = _options.Policy switch
        {
            SamplingPolicy.Mixed => Mixed(g, budget),
            SamplingPolicy.Stratified => Stratified(g, budget),
            _ => budget,
        };
        ExpectedRequests += pi;
        var coin = StableHash.ToUniform(hash);
        var selected = coin < pi;
        if (selected)
        {
            _cap.CountRequest();
        }

        return new SamplingDecision(selected, pi, _options.Policy, Capped: false) { Uniform = coin < LeastShare * budget };
    }

    private double Mixed(double g, double budget)
    {
        var u = Math.Max(_options.Floor, Math.Sqrt(g * (1 - g)));
        var pi = _control.Spend(budget, LeastShare, u / _meanUncertainty.Value);
        _meanUncertainty.Add(u);
        return pi;
    }

    private double Stratified(double g, double budget)
    {
        var pi = _control.Spend(budget, LeastShare, _strata.Density(g));
        _strata.Add(g);
        return pi;
    }

    private SamplingDecision DecideTopUncertainty(double g, double budget)
    {
        var selected = _cut.Pick(g, budget);
        if (selected)
        {
            _cap.CountRequest();
            ExpectedRequests++;
        }

        return new SamplingDecision(selected, InclusionProbability: 0, SamplingPolicy.TopUncertainty, Capped: false);
    }
}
