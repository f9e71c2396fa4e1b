using AccuracyMonitor.Core.Sequences;

namespace AccuracyMonitor.Core.Tests.Sequences;

public class AsymptoticSequenceTests
{
    [Fact]
    public void Lower_TwoWindows_IsTheFormulaByHand()
    {
        var sequence = default(AsymptoticSequence).Add(0.9, 0.03).Add(0.8, 0.04);

        // δ = 0.025: ln 2δ = −2.995732, ρ² = (5.991465 + ln 6.991465)/0.08 = 99.202, ν = 0.0025.
        var rho2 = (5.991464547 + 1.944690) / 0.08;
        var inner = (0.0025 * rho2) + 1;
        var margin = Math.Sqrt(2 * inner / (4 * rho2) * Math.Log(1 + (Math.Sqrt(inner) / 0.05)));
        rho2.ShouldBe(99.202, 0.001);
        margin.ShouldBe(0.1408, 0.0001);
        sequence.Mean.ShouldBe(0.85, 1e-12);
        sequence.Lower(0.025).ShouldBe(0.85 - margin, 1e-6);
        sequence.Upper(0.025).ShouldBe(0.85 + margin, 1e-6);
    }

    [Fact]
    public void Bounds_TwoSided_HalveAlphaOnce()
    {
        var sequence = default(AsymptoticSequence).Add(0.7, 0.05).Add(0.75, 0.05).Add(0.72, 0.05);

        var bounds = sequence.Bounds(0.1);

        (bounds.Lower, bounds.Upper).ShouldBe((sequence.Lower(0.05), sequence.Upper(0.05)));
        bounds.Lower.ShouldBeGreaterThan(sequence.Lower(0.025));
    }

    [Fact]
    public void Bounds_SameSumsInAnotherOrder_AreTheSame()
    {
        // ρ is a constant: nothing but t, Σ and ν may decide.
        var calmFirst = default(AsymptoticSequence).Add(0.9, 0.01).Add(0.9, 0.2);
        var calmLast = default(AsymptoticSequence).Add(0.9, 0.2).Add(0.9, 0.01);

        calmFirst.Bounds(0.05).ShouldBe(calmLast.Bounds(0.05));
    }

    [Fact]
    public void Bounds_NoWindow_AreEverything() => default(AsymptoticSequence).Bounds(0.05).ShouldBe(new(0.5, 0, 1));

    [Theory]
    [InlineData(double.NaN, 0.1)]
    [InlineData(1.1, 0.1)]
    [InlineData(0.5, -0.1)]
    [InlineData(0.5, double.PositiveInfinity)]
    public void Add_OutOfRange_Throws(double estimate, double standardError) =>
        Should.Throw<ArgumentOutOfRangeException>(() => default(AsymptoticSequence).Add(estimate, standardError));
}
