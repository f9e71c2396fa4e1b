using AccuracyMonitor.Runs.Offline;

namespace AccuracyMonitor.Runs.Tests.Offline;

public sealed class RowSelectionTests
{
    private readonly SyntheticRows _rows = new(5000, seed: 3, overconfidence: 0);

    [Fact]
    public void Draw_WithTheSameSeedAndALargerCount_HasTheSameRowsAndMore()
    {
        var small = Draw(count: 100, seed: 7);
        var large = Draw(count: 300, seed: 7);

        small.Select(r => r.Id).ShouldBeSubsetOf(large.Select(r => r.Id));
        large.Count.ShouldBeInRange(250, 350);
        Draw(count: 100, seed: 7).ShouldBe(small);
        Draw(count: 100, seed: 8).ShouldNotBe(small);
    }

    [Fact]
    public void Draw_FavoursUncertainRowsAndLeavesNoneOut()
    {
        var confidence = _rows.Unlabelled.ToDictionary(r => r.Id, r => r.Confidence, StringComparer.Ordinal);
        var drawn = Draw(count: 500, seed: 1);

        drawn.ShouldAllBe(r => r.Inclusion >= 0.5 * 500 / 5000 && r.Inclusion <= 1);
        drawn.Average(r => confidence[r.Id]).ShouldBeLessThan(confidence.Values.Average() - 0.02);
        drawn.Sum(r => 1 / r.Inclusion).ShouldBe(5000, 700);
    }

    [Fact]
    public void Draw_OfAsManyRowsAsThereAre_HasEachOneForCertain()
    {
        var drawn = Draw(count: 5000, seed: 1);

        drawn.Count.ShouldBe(5000);
        drawn.ShouldAllBe(r => r.Inclusion == 1);
    }

    [Fact]
    public void Sheet_IsNotInTheOrderOfTheFile()
    {
        int[] places = [.. Draw(count: 500, seed: 1).Select(r => int.Parse(r.Id[1..], null))];

        places.Zip(places.Skip(1)).Count(pair => pair.First < pair.Second).ShouldBeInRange(places.Length * 2 / 5, places.Length * 3 / 5);
    }

    private IReadOnlyList<SelectedRow> Draw(int count, ulong seed)
    {
        var selection = new RowSelection(5000, count, seed);
        foreach (var row in _rows.Unlabelled)
        {
            selection.Take(row);
        }

        return selection.InRandomOrder();
    }
}
