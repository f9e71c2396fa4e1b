using AccuracyMonitor.Runs.Demo;

namespace AccuracyMonitor.Runs.Tests;

public sealed class AnnotationPlanTests
{
    private const int Count = 20_000;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(15);

    private readonly AnnotationPlan[] _plans = [.. Enumerable.Range(0, Count).Select(i => AnnotationPlan.For(PredictionId.Create(i, i % 100), 7, Window))];

    [Fact]
    public void The_same_seed_and_id_give_the_same_plan_and_another_seed_another()
    {
        AnnotationPlan.For("00000001-image00001", 7, Window).ShouldBe(AnnotationPlan.For("00000001-image00001", 7, Window));
        AnnotationPlan.For("00000001-image00001", 8, Window).ShouldNotBe(AnnotationPlan.For("00000001-image00001", 7, Window));
    }

    [Theory]
    [InlineData(nameof(AnnotationFate.Late), AnnotationPlan.LateShare)]
    [InlineData(nameof(AnnotationFate.Corrected), AnnotationPlan.CorrectedShare)]
    [InlineData(nameof(AnnotationFate.Skipped), AnnotationPlan.SkippedShare)]
    [InlineData(nameof(AnnotationFate.Never), AnnotationPlan.NeverShare)]
    public void Each_fate_has_its_share(string fate, double share)
    {
        // Four standard deviations of the binomial.
        var bound = 4 * Math.Sqrt(share * (1 - share) / Count);

        ((double)_plans.Count(p => p.Fate.ToString() == fate) / Count).ShouldBe(share, tolerance: bound);
    }

    [Fact]
    public void A_late_answer_comes_after_its_window_and_the_others_well_within_it()
    {
        _plans.Where(p => p.Fate == AnnotationFate.Late).ShouldAllBe(p => p.Delay > Window);
        _plans.Where(p => p.Fate == AnnotationFate.Prompt).ShouldAllBe(p => p.Delay > TimeSpan.Zero && p.Delay < Window);
        _plans.Where(p => p.Fate == AnnotationFate.Prompt).Select(p => p.Delay).Order().ElementAt(Count * 44 / 100)
            .TotalSeconds.ShouldBeInRange(1.1, 1.3);
    }
}
