using AccuracyMonitor.Protocol;

namespace AccuracyMonitor.Client.Tests;

public sealed class SoftmaxRowTests
{
    /// <summary>Rows of whole hundredths: the sum in hundredths decides, whatever floats make of it.</summary>
    [Fact]
    public void IsProbabilities_RowsOfHundredths_AreDecidedByTheirDecimalSum()
    {
        var random = new Random(1);
        for (var round = 0; round < 2000; round++)
        {
            var total = random.Next(96, 105);
            var parts = new int[random.Next(2, 200)];
            for (var i = 0; i < total; i++)
            {
                parts[random.Next(parts.Length)]++;
            }

            SoftmaxRow.IsProbabilities([.. parts.Select(p => p / 100f)]).ShouldBe(total is >= 99 and <= 101, $"{total} hundredths over {parts.Length} classes");
        }
    }

    [Theory]
    [InlineData(1.5f, -0.5f)]
    [InlineData(float.NaN, 1f)]
    [InlineData(float.PositiveInfinity, 0f)]
    [InlineData(0.5f, 0.489f)]
    [InlineData(0.5f, 0.511f)]
    public void IsProbabilities_OfAnythingElse_IsFalse(float a, float b) => SoftmaxRow.IsProbabilities([a, b]).ShouldBeFalse();

    [Theory]
    [InlineData(-0.01f)]
    [InlineData(float.NaN)]
    public void IsProbabilities_OneBadValueAtAnyPlace_IsFalse(float bad)
    {
        for (var place = 0; place < 40; place++)
        {
            var row = Enumerable.Repeat(0.025f, 40).ToArray();
            row[place] = bad;
            row[(place + 1) % 40] += 0.025f - (float.IsNaN(bad) ? 0 : bad);

            SoftmaxRow.IsProbabilities(row).ShouldBeFalse();
        }
    }

    [Fact]
    public void Sum_OfAnyLength_IsThatOfTheValuesInDoublePrecision()
    {
        for (var length = 0; length < 70; length++)
        {
            var row = Enumerable.Range(0, length).Select(i => 0.1f + (i * 1e-3f)).ToArray();

            SoftmaxRow.Sum(row).ShouldBe(row.Sum(v => (double)v), 1e-12);
        }
    }
}
