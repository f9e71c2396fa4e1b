namespace AccuracyMonitor.Training.Schedules;

/// <summary>
/// Change on plateau (LRBench's ChangeLROnPlateau). The segments are ordered from large to small rates and one is active. When the held-out
/// loss stops falling, the run moves to the next larger rate; late in the run it moves to the next smaller rate.
/// </summary>
/// <param name="Start">Index of the first segment in use, 0-based.</param>
/// <param name="Patience">Held-out losses looked at, 2…1000: a plateau is where none of the steps between them improved by the threshold.</param>
/// <param name="Threshold">Nats, 0…10.</param>
/// <param name="Cooldown">Epochs after a change before the next, 0…1000.</param>
/// <param name="Settle">Share of the run after which it moves to smaller rates, 0…1.</param>
public sealed record PlateauRule(int Start, int Patience, double Threshold, int Cooldown, double Settle)
{
    /// <param name="segments">Number of segments.</param>
    /// <exception cref="FormatException">The first parameter out of its bounds.</exception>
    internal void Check(int segments)
    {
        Bound("start", Start, 0, segments - 1);
        Bound("patience", Patience, 2, 1000);
        Bound("threshold", Threshold, 0, 10);
        Bound("cooldown", Cooldown, 0, 1000);
        Bound("settle", Settle, 0, 1);
    }

    private static void Bound(string name, double value, double least, double most)
    {
        if (!(value >= least && value <= most))
        {
            throw new FormatException(
                $"Learning-rate policy: {name} of PLATEAU is {RatePolicyText.Number(value)}; it must be {RatePolicyText.Number(least)} to "
                    + $"{RatePolicyText.Number(most)}.");
        }
    }
}
