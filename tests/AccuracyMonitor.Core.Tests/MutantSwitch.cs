using System.Reflection;
using AccuracyMonitor.Core.Tests;
using Xunit.v3;

[assembly: MutantSwitch]

namespace AccuracyMonitor.Core.Tests;

/// <summary>
/// Compiled by tests/mutation only. dotnet-stryker puts every mutant into one assembly, behind calls of <c>MutantControl.IsActive</c>, and tells the
/// test process the active one through a memory-mapped file. Reading that file at each call makes the tests ten times slower, and they then run
/// into the time limit. This attribute reads the file once before each test and has <c>IsActive</c> compare with the number read.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class MutantSwitchAttribute : BeforeAfterTestAttribute
{
    private const BindingFlags Static = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly string? File = Environment.GetEnvironmentVariable("STRYKER_MUTANT_FILE");
    private static readonly FieldInfo? ActiveMutant = FindActiveMutant();

    public override void Before(MethodInfo methodUnderTest, IXunitTest test) => ActiveMutant?.SetValue(null, ReadMutant());

    /// <summary>Null in the run without mutants and in the one that captures the coverage, which both need no switch.</summary>
    private static FieldInfo? FindActiveMutant()
    {
        var control = typeof(CorrectnessScore).Assembly.GetTypes().SingleOrDefault(type => type.Name == "MutantControl");
        if (control is null || string.IsNullOrEmpty(File) || (bool)Field(control, "CaptureCoverage").GetValue(null)!)
        {
            return null;
        }
        var active = Field(control, "ActiveMutant");
        active.SetValue(null, ReadMutant());
        Field(control, "_cachedMutantFilePath").SetValue(null, "");
        Field(control, "_mutantFilePathCached").SetValue(null, true);
        return active;
    }

    private static FieldInfo Field(Type control, string name) =>
        control.GetField(name, Static) ?? throw new InvalidOperationException($"This version of dotnet-stryker has no {control}.{name}.");

    private static int ReadMutant()
    {
        using var stream = new FileStream(File!, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        Span<byte> id = stackalloc byte[sizeof(int)];
        stream.ReadExactly(id);
        return BitConverter.ToInt32(id);
    }
}
