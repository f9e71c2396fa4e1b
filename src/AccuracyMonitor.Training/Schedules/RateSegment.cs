namespace AccuracyMonitor.Training.Schedules;

/// <summary>
/// One of the 13 functions with its parameters: η(t) = |k0 − k1|·g(t) + min(k0, k1). A pure function of the step: no counter, any order
/// (arXiv 1908.06477, section 2 and its table of functions).
/// </summary>
/// <param name="Function">Which.</param>
/// <param name="K0">One end of the range of rates, 0…10.</param>
/// <param name="K1">The other end; 0 where the function only decays.</param>
/// <param name="Gamma">Decay: factor per step or per stage, (0, 1]; for INV the slope, 0 or more.</param>
/// <param name="Power">Exponent of INV and POLY, 0…100.</param>
/// <param name="Lengths">Steps: the stage of STEP, the ends of the stages of NSTEP (rising), the whole of POLY, and the half period of every
/// wave: TRI, SIN and COS alike.</param>
public sealed record RateSegment(RateFunction Function, double K0, double K1 = 0, double Gamma = 1, double Power = 1, IReadOnlyList<double>? Lengths = null)
{
    /// <summary>The rate at step t of this segment, t = 0, 1, 2, …</summary>
    public double At(double t) => Function == RateFunction.Fix ? K0 : (Math.Abs(K0 - K1) * Shape(t)) + Math.Min(K0, K1);

    /// <summary>All rates times a factor.</summary>
    public RateSegment Scaled(double factor) => this with { K0 = factor * K0, K1 = factor * K1 };

    /// <exception cref="FormatException">The first parameter out of its bounds.</exception>
    internal void Check()
    {
        foreach (var field in RateField.Of(Function))
        {
            if (field.Name == "l")
            {
                CheckLengths(field);
                continue;
            }

            field.Check(Function, Value(field.Name));
        }
    }

    internal double Value(string field) => field switch { "k0" => K0, "k1" => K1, "gamma" => Gamma, _ => Power };

    private double Shape(double t) => Function switch
    {
        RateFunction.Step => Math.Pow(Gamma, Math.Floor(t / Length)),
        RateFunction.NStep => Math.Pow(Gamma, Lengths!.Count(l => t >= l)),
        RateFunction.Exp => Math.Pow(Gamma, t),
        RateFunction.Inv => Math.Pow(1 + (Gamma * t), -Power),
        RateFunction.Poly => Math.Pow(Math.Max(0, 1 - (t / Length)), Power),
        RateFunction.Tri => Triangle(t),
        RateFunction.Tri2 => Triangle(t) * Halving(t),
        RateFunction.TriExp => Triangle(t) * Math.Pow(Gamma, t),
        RateFunction.Sin => Sine(t),
        RateFunction.Sin2 => Sine(t) * Halving(t),
        RateFunction.SinExp => Sine(t) * Math.Pow(Gamma, t),

        // The paper's table has cos(2πt/l), its code cos(πt/l). The code's: l then is the half period of every wave, and COS with k1 = 0 and
        // l = the run's length is the usual cosine decay.
        RateFunction.Cos => (1 + double.CosPi(InPeriod(t) / Length)) / 2,
        _ => throw new InvalidOperationException($"{Function} has no shape."),
    };

    private double Length => Lengths![0];

    private double InPeriod(double t) => t - (2 * Length * Math.Floor(t / (2 * Length)));

    private double Halving(double t) => Math.Pow(0.5, Math.Floor(t / (2 * Length)));

    // (2/π)·|asin(sin(πt/2l))| written without them: near a peak the arc sine keeps only half of the digits.
    private double Triangle(double t) => 1 - Math.Abs(1 - (InPeriod(t) / Length));

    private double Sine(double t) => Math.Abs(double.SinPi(InPeriod(t) / (2 * Length)));

    private void CheckLengths(RateField field)
    {
        var lengths = Lengths ?? [];
        var most = Function == RateFunction.NStep ? RateField.MostLengths : 1;
        if (lengths.Count == 0 || lengths.Count > most)
        {
            throw new FormatException(
                $"Learning-rate policy: l of {RatePolicyText.Name(Function)} has {lengths.Count} numbers; it must have 1{(most > 1 ? $" to {most}" : "")}.");
        }

        for (var i = 0; i < lengths.Count; i++)
        {
            field.Check(Function, lengths[i]);
            if (i > 0 && lengths[i] <= lengths[i - 1])
            {
                throw new FormatException(
                    $"Learning-rate policy: l of NSTEP has {RatePolicyText.Number(lengths[i])} after {RatePolicyText.Number(lengths[i - 1])}; each must be "
                        + $"larger than the one before.");
            }
        }
    }
}
