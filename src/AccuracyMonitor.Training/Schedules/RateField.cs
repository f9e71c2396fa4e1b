namespace AccuracyMonitor.Training.Schedules;

/// <summary>A parameter of a rate function, by its name in a policy string, and the bounds it must keep.</summary>
/// <param name="Name">As in the paper's table.</param>
/// <param name="Least">Smallest value allowed.</param>
/// <param name="Most">Largest value allowed.</param>
/// <param name="Default">Null: it must be given.</param>
internal sealed record RateField(string Name, double Least, double Most, double? Default = null)
{
    // A rate above 10 is useless with any optimiser; a gamma of 0 would end a policy after one step.
    private static readonly RateField K0 = new("k0", 0, 10);
    private static readonly RateField K1 = new("k1", 0, 10);
    private static readonly RateField FloorRate = new("k1", 0, 10, 0);
    private static readonly RateField Gamma = new("gamma", 1e-9, 1);
    private static readonly RateField InverseGamma = new("gamma", 0, 1e6);
    private static readonly RateField Power = new("p", 0, 100);
    private static readonly RateField Length = new("l", 1e-3, 1e9);

    /// <summary>Most entries of NSTEP's list.</summary>
    public const int MostLengths = 64;

    /// <summary>Parameters of a function, in their order in a policy string.</summary>
    public static IReadOnlyList<RateField> Of(RateFunction function) => function switch
    {
        RateFunction.Fix => [K0],
        RateFunction.Step or RateFunction.NStep => [K0, Gamma, Length],
        RateFunction.Exp => [K0, Gamma],
        RateFunction.Inv => [K0, InverseGamma, Power],
        RateFunction.Poly => [K0, FloorRate, Power, Length],
        RateFunction.TriExp or RateFunction.SinExp => [K0, K1, Gamma, Length],
        RateFunction.Tri or RateFunction.Tri2 or RateFunction.Sin or RateFunction.Sin2 or RateFunction.Cos => [K0, K1, Length],
        _ => throw new ArgumentOutOfRangeException(nameof(function), function, "No such rate function."),
    };

    /// <exception cref="FormatException">Out of its bounds.</exception>
    public void Check(RateFunction function, double value)
    {
        if (!(value >= Least && value <= Most))
        {
            throw new FormatException(
                $"Learning-rate policy: {Name} of {RatePolicyText.Name(function)} is {RatePolicyText.Number(value)}; it must be "
                    + $"{RatePolicyText.Number(Least)} to {RatePolicyText.Number(Most)}.");
        }
    }
}
