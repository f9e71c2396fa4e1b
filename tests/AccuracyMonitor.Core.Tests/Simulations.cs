using System.Runtime.CompilerServices;

namespace AccuracyMonitor.Core.Tests;

/// <summary>
/// A test that simulates for a tenth of a second or longer. A mutation run repeats the tests for every mutant and skips these: a simulation
/// rarely notices a changed bound or sign that a test with worked numbers does not.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SimulationFactAttribute : FactAttribute
{
    public SimulationFactAttribute([CallerFilePath] string? path = null, [CallerLineNumber] int line = -1)
        : base(path, line) => Skip = Simulations.SkipReason;
}

/// <inheritdoc cref="SimulationFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SimulationTheoryAttribute : TheoryAttribute
{
    public SimulationTheoryAttribute([CallerFilePath] string? path = null, [CallerLineNumber] int line = -1)
        : base(path, line) => Skip = Simulations.SkipReason;
}

internal static class Simulations
{
    /// <summary>Set by tests/mutation: 1 skips the simulations.</summary>
    private const string Variable = "SKIP_SIMULATIONS";

    public static string? SkipReason =>
        Environment.GetEnvironmentVariable(Variable) == "1" ? $"{Variable} is 1: this test simulates." : null;
}
