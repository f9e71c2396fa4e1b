namespace AccuracyMonitor.Training.PolicySearch;

/// <summary>Short runs at constant rates from the same initial weights, to find the useful range of rates.</summary>
/// <param name="Points">Rate and held-out loss after the run, nats (infinite: diverged), in order of the rate.</param>
/// <param name="StartLoss">Held-out loss of the first weights, nats.</param>
/// <param name="Best">Rate of the least loss.</param>
/// <param name="Largest">Largest rate whose loss is finite and below the start's; the best where there is none.</param>
public sealed record RangeTest(IReadOnlyList<RatePoint> Points, double StartLoss, double Best, double Largest)
{
    /// <summary>Geometric grid with three rates per factor of ten; closer neighbours give nearly the same result.</summary>
    internal static IReadOnlyList<double> Grid { get; } = [1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2, 1e-1];

    internal static RangeTest Of(IReadOnlyList<RatePoint> points, double startLoss)
    {
        var best = points.MinBy(p => p.Loss)!;
        var largest = points.Where(p => p.Loss < startLoss).DefaultIfEmpty(best).MaxBy(p => p.Rate)!;
        return new RangeTest(points, startLoss, best.Rate, largest.Rate);
    }
}

/// <param name="Rate">Constant.</param>
/// <param name="Loss">Held-out, nats.</param>
public sealed record RatePoint(double Rate, double Loss);
