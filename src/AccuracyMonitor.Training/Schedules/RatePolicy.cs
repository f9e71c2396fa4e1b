namespace AccuracyMonitor.Training.Schedules;

/// <summary>
/// A learning-rate policy: segments in order, each with its own time from its start; or segments among which a <see cref="PlateauRule"/> chooses.
/// Immutable. Its text is its identity: <see cref="Parse"/> and <see cref="ToString"/> are inverse to each other.
/// </summary>
/// <remarks>
/// Text, parts between semicolons: <c>FIX k0=0.001</c>; <c>FIX k0=0.001; @300 COS k0=0.01 k1=0 l=1200; over 1500</c>;
/// <c>PLATEAU start=1 patience=3 threshold=0.0001 cooldown=2 settle=0.8; FIX k0=0.01; FIX k0=0.001</c>. <c>@300</c>: from step 300 on.
/// <c>over 1500</c>: made for a run of 1,500 steps, and stretched to the length of another.
/// </remarks>
public sealed class RatePolicy : IEquatable<RatePolicy>
{
    /// <summary>Most segments of one policy.</summary>
    public const int MostSegments = 64;

    private readonly string _text;

    /// <param name="segments">1…64.</param>
    /// <param name="boundaries">First step of each segment after the first, rising; empty with a plateau rule.</param>
    /// <param name="over">Steps of the run it was made for; null: steps are meant as they are.</param>
    /// <param name="plateau">Null: segments follow each other.</param>
    /// <exception cref="FormatException">The first thing out of its bounds, by name.</exception>
    public RatePolicy(IReadOnlyList<RateSegment> segments, IReadOnlyList<double>? boundaries = null, double? over = null, PlateauRule? plateau = null)
    {
        ArgumentNullException.ThrowIfNull(segments);
        (Segments, Boundaries, Over, Plateau) = ([.. segments], [.. boundaries ?? []], over, plateau);
        Check();
        _text = RatePolicyText.Format(this);
    }

    public IReadOnlyList<RateSegment> Segments { get; }

    public IReadOnlyList<double> Boundaries { get; }

    public double? Over { get; }

    public PlateauRule? Plateau { get; }

    public static RatePolicy Constant(double rate) => new([new RateSegment(RateFunction.Fix, rate)]);

    /// <exception cref="FormatException">Not a policy; the message names the field, its value and its bound.</exception>
    public static RatePolicy Parse(string text) => RatePolicyText.Parse(text);

    /// <summary>The rate at a step, in the policy's own time; with a plateau rule that of the segment it starts with.</summary>
    public double At(double step)
    {
        if (Plateau is { } rule)
        {
            return Segments[rule.Start].At(step);
        }

        var segment = Boundaries.Count(b => step >= b);
        return Segments[segment].At(segment == 0 ? step : step - Boundaries[segment - 1]);
    }

    /// <summary>Starts the policy for one run.</summary>
    /// <param name="totalSteps">Of the whole run, more than 0.</param>
    public RateRun Begin(double totalSteps) => new(this, totalSteps);

    /// <summary>All rates times a factor.</summary>
    /// <exception cref="FormatException">A rate leaves its bounds.</exception>
    public RatePolicy Scaled(double factor) => new([.. Segments.Select(s => s.Scaled(factor))], Boundaries, Over, Plateau);

    public override string ToString() => _text;

    public bool Equals(RatePolicy? other) => other is not null && string.Equals(_text, other._text, StringComparison.Ordinal);

    public override bool Equals(object? obj) => Equals(obj as RatePolicy);

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(_text);

    private void Check()
    {
        if (Segments.Count is 0 or > MostSegments)
        {
            throw new FormatException($"Learning-rate policy: it has {Segments.Count} functions; it must have 1 to {MostSegments}.");
        }

        foreach (var segment in Segments)
        {
            segment.Check();
        }

        Plateau?.Check(Segments.Count);
        var expected = Plateau is null ? Segments.Count - 1 : 0;
        if (Boundaries.Count != expected)
        {
            throw new FormatException(
                $"Learning-rate policy: {Boundaries.Count} boundaries (@step); "
                    + $"{(Plateau is null ? "each function but the first" : "with PLATEAU no function")} has one, so there must be {expected}.");
        }

        for (var i = 0; i < Boundaries.Count; i++)
        {
            if (!(Boundaries[i] > (i == 0 ? 0 : Boundaries[i - 1]) && Boundaries[i] <= 1e9))
            {
                throw new FormatException(
                    $"Learning-rate policy: boundary @{RatePolicyText.Number(Boundaries[i])}; it must be above "
                        + $"{RatePolicyText.Number(i == 0 ? 0 : Boundaries[i - 1])} and at most 1000000000.");
            }
        }

        if (Over is { } over && !(over is >= 1 and <= 1e9))
        {
            throw new FormatException($"Learning-rate policy: over is {RatePolicyText.Number(over)}; it must be 1 to 1000000000.");
        }
    }
}
