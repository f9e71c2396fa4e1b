using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Scoring.Tests.Networks;

public class DropoutMaskTests
{
    [Fact]
    public void SplitMix64_gives_the_published_numbers()
    {
        var random = new SplitMix64(1234567);
        ulong[] drawn = [random.Next(), random.Next(), random.Next(), random.Next(), random.Next()];
        drawn.ShouldBe([6457827717110365317UL, 3203168211198807973UL, 9817491932198370423UL, 4593380528125082431UL, 16408922859458223821UL]);
    }

    /// <summary>Scores of files that are out there depend on these: never change them. Computed by a second implementation, in Python.</summary>
    [Fact]
    public void Masks_never_change()
    {
        DropoutMask.Kept(seed: 42, member: 0, layer: 0, width: 8, rate: 0.5).ShouldBe(GoldenFirst);
        DropoutMask.Kept(seed: 42, member: 19, layer: 1, width: 64, rate: 0.9).ShouldBe(GoldenSecond);
        DropoutMask.Kept(seed: ulong.MaxValue, member: 1, layer: 0, width: 5, rate: 0.2).ShouldBe(GoldenThird);
    }

    [Fact]
    public void A_mask_keeps_an_exact_share_and_differs_by_member_layer_and_seed()
    {
        var kept = DropoutMask.Kept(1, 0, 0, 64, 0.2);
        kept.Length.ShouldBe(51);
        kept.ShouldBe(kept.Distinct().Order());
        DropoutMask.Kept(1, 1, 0, 64, 0.2).ShouldNotBe(kept);
        DropoutMask.Kept(1, 0, 1, 64, 0.2).ShouldNotBe(kept);
        DropoutMask.Kept(2, 0, 0, 64, 0.2).ShouldNotBe(kept);
        DropoutMask.Kept(1, 0, 0, 64, 0).ShouldBe(Enumerable.Range(0, 64));
        DropoutMask.Kept(1, 0, 0, 3, 0.9).Length.ShouldBe(1);
        (DropoutMask.Scale(64, 0.2) * 51).ShouldBe(64, 1e-4f);
    }

    [Fact]
    public void Every_unit_is_kept_about_as_often()
    {
        var counts = new int[64];
        for (var t = 0; t < 4000; t++)
        {
            foreach (var unit in DropoutMask.Kept(3, t, 0, 64, 0.25))
            {
                counts[unit]++;
            }
        }

        // Binomial(4000, 0.75): 5 standard deviations are 137.
        counts.ShouldAllBe(c => Math.Abs(c - 3000) < 137);
    }

    private static readonly int[] GoldenFirst = [1, 3, 4, 6];
    private static readonly int[] GoldenSecond = [0, 10, 17, 42, 51, 58];
    private static readonly int[] GoldenThird = [0, 1, 3, 4];
}
