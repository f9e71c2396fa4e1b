using AccuracyMonitor.Training.Schedules;
using CsCheck;

namespace AccuracyMonitor.Training.Tests.Schedules;

public class RatePolicyTests
{
    private static readonly Gen<RateSegment> Segments =
        from function in Gen.Enum<RateFunction>()
        from k0 in Gen.Double[0, 10]
        from k1 in Gen.Double[0, 10]
        from gamma in Gen.Double[1e-9, 1]
        from p in Gen.Double[0, 100]
        from lengths in Gen.Double[1, 1e6].Array[1, function == RateFunction.NStep ? 5 : 1]
        let kept = RateFieldsOf(function)
        select new RateSegment(
            function,
            k0,
            kept.Contains("k1") ? k1 : 0,
            kept.Contains("gamma") ? gamma : 1,
            kept.Contains("p") ? p : 1,
            kept.Contains("l") ? [.. lengths.Distinct().Order()] : null);

    private static readonly Gen<RatePolicy> Policies =
        from segments in Segments.Array[1, 4]
        from gaps in Gen.Double[0.5, 1e5].Array[segments.Length - 1]
        from over in Gen.Double[1, 1e6]
        from hasOver in Gen.Bool
        from plateau in Gen.Int[0, 2]
        from start in Gen.Int[0, segments.Length - 1]
        select plateau == 0
            ? new RatePolicy(segments, null, hasOver ? over : null, new PlateauRule(start, 3, 1e-4, 2, 0.8))
            : new RatePolicy(segments, [.. gaps.Select((_, i) => gaps[..(i + 1)].Sum())], hasOver ? over : null);

    [Fact]
    public void A_policy_reads_back_from_its_text_to_the_same_rates() => Policies.Sample(
        policy =>
        {
            var read = RatePolicy.Parse(policy.ToString());
            read.ShouldBe(policy);
            read.ToString().ShouldBe(policy.ToString());
            foreach (var step in (double[])[0, 1, 17, 1000, 123_456])
            {
                read.At(step).ShouldBe(policy.At(step));
                read.Begin(777).At(step).ShouldBe(policy.Begin(777).At(step));
            }
        },
        iter: 2000,
        seed: "0000Ki4c1Hl3");

    [Fact]
    public void Every_rate_lies_between_the_two_ends() => Segments.Sample(
        segment =>
        {
            foreach (var step in (double[])[0, 1, 10, 333, 99_999])
            {
                segment.At(step).ShouldBeInRange(Math.Min(segment.K0, segment.K1) - 1e-12, Math.Max(segment.K0, segment.K1) + 1e-12);
            }
        },
        iter: 2000,
        seed: "0000Ki4c1Hl3");

    [Fact]
    public void Segments_follow_each_other_each_in_its_own_time()
    {
        var policy = RatePolicy.Parse("FIX k0=0.001; @10 STEP k0=0.1 gamma=0.5 l=5; @30 POLY k0=0.2 p=1 l=10");
        policy.At(9).ShouldBe(0.001);
        policy.At(10).ShouldBe(0.1);
        policy.At(14).ShouldBe(0.1);
        policy.At(15).ShouldBe(0.05);
        policy.At(29).ShouldBe(0.1 * Math.Pow(0.5, 3));
        policy.At(30).ShouldBe(0.2);
        policy.At(35).ShouldBe(0.1, 1e-15);
    }

    [Fact]
    public void A_policy_made_for_one_length_is_stretched_to_another_and_one_without_is_not()
    {
        var run = RatePolicy.Parse("POLY k0=0.1 p=1 l=1500; over 1500").Begin(300);
        run.At(150).ShouldBe(0.05, 1e-15);
        RatePolicy.Parse("POLY k0=0.1 p=1 l=1500").Begin(300).At(150).ShouldBe(0.09, 1e-15);
    }

    [Fact]
    public void On_a_plateau_the_rate_rises_early_and_falls_late()
    {
        var run = RatePolicy.Parse("PLATEAU start=1 patience=3 threshold=0.01 cooldown=2 settle=0.8; FIX k0=0.1; FIX k0=0.01; FIX k0=0.001").Begin(100);
        double After(int step, params double[] losses)
        {
            run.At(step);
            foreach (var loss in losses)
            {
                run.Observe(loss);
            }

            return run.At(step + 1);
        }

        After(10, 1, 0.9, 0.8).ShouldBe(0.01);
        After(20, 0.795).ShouldBe(0.01);      // 0.9 → 0.8 is still among the last three
        After(21, 0.793).ShouldBe(0.1);       // flat: escape
        After(30, 0.793, 0.793).ShouldBe(0.1); // cooling down
        After(40, 0.793).ShouldBe(0.1);       // flat, but there is no larger one
        After(85, 0.793).ShouldBe(0.01);      // flat, late: settle
        After(90, 0.7, 0.6).ShouldBe(0.01);
        After(95, 0.6, 0.6).ShouldBe(0.001);
    }

    [Theory]
    [InlineData("", "there is nothing in it")]
    [InlineData("FIX", "k0 of FIX is missing; it must be 0 to 10.")]
    [InlineData("FIX k0=11", "k0 of FIX is 11; it must be 0 to 10.")]
    [InlineData("FIX k0=nan", "k0 is 'nan'; it must be a number.")]
    [InlineData("FIX k0=0.1 gamma=1", "'gamma=1' is no field of FIX; it takes k0.")]
    [InlineData("FIX k0=0.1 k0=0.2", "k0 of FIX is given twice.")]
    [InlineData("EXP k0=0.1 gamma=1.5", "gamma of EXP is 1.5; it must be 1E-09 to 1.")]
    [InlineData("STEP k0=0.1 gamma=0.5", "l of STEP is missing")]
    [InlineData("STEP k0=0.1 gamma=0.5 l=5,6", "l of STEP has 2 numbers; it must have 1.")]
    [InlineData("NSTEP k0=0.1 gamma=0.5 l=6,5", "l of NSTEP has 5 after 6; each must be larger than the one before.")]
    [InlineData("COSINE k0=0.1", "function 'COSINE'; it must be one of FIX, STEP, NSTEP")]
    [InlineData("3 k0=0.1", "function '3'; it must be one of")]
    [InlineData("FIX k0=0.1; FIX k0=0.2", "0 boundaries (@step); each function but the first has one, so there must be 1.")]
    [InlineData("FIX k0=0.1; @20 FIX k0=0.2; @20 FIX k0=0.3", "boundary @20; it must be above 20")]
    [InlineData("FIX k0=0.1; over 0", "over is 0; it must be 1 to 1000000000.")]
    [InlineData("FIX k0=0.1; over 5; over 6", "'over 6' follows 'over', which must be last.")]
    [InlineData("PLATEAU start=2 patience=3 threshold=0 cooldown=0 settle=1; FIX k0=0.1", "start of PLATEAU is 2; it must be 0 to 0.")]
    [InlineData("PLATEAU start=0 patience=1.5 threshold=0 cooldown=0 settle=1; FIX k0=0.1", "patience of PLATEAU is 1.5; it must be a whole number.")]
    public void What_is_no_policy_is_refused_with_field_value_and_bound(string text, string message) =>
        Should.Throw<FormatException>(() => RatePolicy.Parse(text)).Message.ShouldContain(message);

    private static string[] RateFieldsOf(RateFunction function) => [.. RateField.Of(function).Select(f => f.Name)];
}
