using AccuracyMonitor.Core.Agreement;
using CsCheck;

namespace AccuracyMonitor.Core.Tests.Agreement;

public class KappaTests
{
    [Theory]
    // The same agreement of 0.90 with classes that are equally frequent, and with one that is rare.
    [InlineData(45, 5, 5, 45, 0.80)]
    [InlineData(85, 5, 5, 5, 0.444)]
    // They agree on 0.94, but on none of the rare class.
    [InlineData(94, 3, 3, 0, -0.031)]
    // Cohen 1960 in the form of most textbooks: 50 grant applications.
    [InlineData(20, 5, 10, 15, 0.40)]
    [InlineData(25, 0, 0, 25, 1.0)]
    public void It_has_the_known_values(int bothNo, int noYes, int yesNo, int bothYes, double kappa) =>
        Kappa.Of(Doubles.Table(new[,] { { bothNo, noYes }, { yesNo, bothYes } }))!.Value.ShouldBe(kappa, 5e-4);

    [Fact]
    public void It_is_not_defined_without_doubles_or_with_one_class_only()
    {
        Kappa.Of([]).ShouldBeNull();
        Kappa.Of([Doubles.Of(3, 3), Doubles.Of(3, 3)]).ShouldBeNull();
    }

    [Fact]
    public void It_lies_between_minus_1_and_1_and_does_not_depend_on_who_is_first() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 3]).Array[1, 40].Sample(pairs =>
        {
            var kappa = Kappa.Of([.. pairs.Select(p => Doubles.Of(p.Item1, p.Item2))]);
            var turned = Kappa.Of([.. pairs.Select(p => Doubles.Of(p.Item2, p.Item1))]);
            (kappa is null == turned is null).ShouldBeTrue();
            if (kappa is { } value)
            {
                value.ShouldBeInRange(-1 - 1e-12, 1 + 1e-12);
                turned!.Value.ShouldBe(value, 1e-12);
            }
        });
}
