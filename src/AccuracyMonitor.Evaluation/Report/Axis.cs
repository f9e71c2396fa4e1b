using AccuracyMonitor.Evaluation.Judging;

namespace AccuracyMonitor.Evaluation.Report;

/// <summary>A linear axis of a plot.</summary>
/// <param name="From">Its start.</param>
/// <param name="To">Its end, above From.</param>
/// <param name="Label">What is on it.</param>
/// <param name="Step">Distance of the lines of the grid; they are at multiples of it.</param>
internal sealed record Axis(double From, double To, string Label, double Step)
{
    private const int MostSteps = 5;

    /// <summary>A share up to 1, from the tenth under the least value: estimates of a good model would be one spot on an axis from 0.</summary>
    public static Axis OfShares(double least, string label)
    {
        const double Rounding = 1e-9;
        var from = Math.Clamp(Math.Floor((10 * least) + Rounding) / 10, 0, 0.9);
        return new Axis(from, 1, label, StepOf(1 - from));
    }

    /// <summary>From 0.</summary>
    public static Axis OfCounts(int largest, string label) => new(0, largest, label, Math.Max(1, StepOf(largest)));

    public IEnumerable<double> Ticks()
    {
        const double Rounding = 1e-9;
        for (var i = (int)Math.Ceiling((From / Step) - Rounding); i * Step <= To + (Rounding * Step); i++)
        {
            yield return i * Step;
        }
    }

    /// <summary>Where a value lies between the ends, 0–1; one beyond an end lies on it.</summary>
    public double Place(double value) => (Math.Clamp(value, From, To) - From) / (To - From);

    /// <summary>1, 2 or 5 times a power of ten, as small as makes at most so many steps.</summary>
    internal static double StepOf(double span)
    {
        var unit = Math.Pow(10, Math.Floor(Math.Log10(span / MostSteps)));
        return new[] { 1.0, 2, 5, 10 }.Select(m => m * unit).First(step => span / step <= MostSteps + 1e-9);
    }
}
