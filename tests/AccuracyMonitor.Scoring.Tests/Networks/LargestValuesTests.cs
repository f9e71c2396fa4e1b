using AccuracyMonitor.Scoring.Networks;
using CsCheck;

namespace AccuracyMonitor.Scoring.Tests.Networks;

public sealed class LargestValuesTests
{
    /// <summary>Few distinct values: rows are full of ties.</summary>
    [Fact]
    public void Are_those_that_sorting_gives() =>
        Gen.Select(Gen.Int[0, 20].Select(i => i / 20f).Array[1, 60], Gen.Int[1, 25]).Sample((row, count) =>
        {
            var largest = new float[count];
            Array.Fill(largest, float.NaN);

            LargestValues.Select(row, largest);

            largest.ShouldBe([.. row.OrderDescending().Concat(Enumerable.Repeat(0f, count)).Take(count)]);
        });

    [Fact]
    public void Of_a_long_row_are_found_wherever_they_are() =>
        Gen.Select(Gen.Single[0, 1].Array[1000], Gen.Int[1, 25]).Sample(
            (row, count) =>
            {
                var largest = new float[count];

                LargestValues.Select(row, largest);

                largest.ShouldBe([.. row.OrderDescending().Take(count)]);
            },
            iter: 200);
}
