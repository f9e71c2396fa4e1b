namespace AccuracyMonitor.Hosting.Tests;

public sealed class PeerBudgetTests
{
    [Fact]
    public void One_peer_has_its_share_and_the_others_have_the_rest()
    {
        var budget = new PeerBudget(total: 100, share: 75);

        budget.TryTake("a", 75).ShouldBeTrue();
        budget.TryTake("a", 1).ShouldBeFalse("its share is used up");
        budget.TryTake("b", 26).ShouldBeFalse("the total is used up");
        budget.TryTake("b", 25).ShouldBeTrue();
        budget.Held.ShouldBe(100);

        budget.Return("a", 75);
        budget.TryTake("c", 75).ShouldBeTrue();
        budget.Return("b", 25);
        budget.Return("c", 75);
        budget.Held.ShouldBe(0);
    }
}
