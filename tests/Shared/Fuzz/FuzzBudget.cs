using System.Diagnostics;
using System.Globalization;

namespace AccuracyMonitor.Tests.Fuzz;

/// <summary>
/// How many inputs a decoder gets: a fixed number of two seeds, or, where the environment variable ACCURACY_MONITOR_FUZZ_SECONDS has a number, those of
/// further seeds until so many seconds have passed. A run of more seconds begins with the inputs of a run of fewer.
/// </summary>
internal sealed class FuzzBudget
{
    private static readonly TimeSpan? Time =
        double.TryParse(Environment.GetEnvironmentVariable("ACCURACY_MONITOR_FUZZ_SECONDS"), CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : null;

    private readonly long _start = Stopwatch.GetTimestamp();

    /// <summary>The numbers of the inputs of all seeds, each with its seed.</summary>
    /// <param name="normal">Inputs of a seed.</param>
    public static IEnumerable<(int Seed, int Number)> Inputs(int normal)
    {
        var budget = new FuzzBudget();
        for (var seed = 1; budget.HasRoom(seed); seed++)
        {
            for (var number = 0; number < normal && (number == 0 || budget.HasRoom(seed)); number++)
            {
                yield return (seed, number);
            }
        }
    }

    private bool HasRoom(int seed) => Time is { } time ? Stopwatch.GetElapsedTime(_start) < time : seed <= 2;
}
