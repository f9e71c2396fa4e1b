using AccuracyMonitor.Sidecar.Intake;
using AccuracyMonitor.Sidecar.Models;

namespace AccuracyMonitor.Sidecar.Tests.Intake;

public sealed class PendingRequestsTests
{
    private readonly PendingRequests _pending = new();

    [Fact]
    public void Write_UnderWay_IsKeptUntilItHasEnded()
    {
        var write = new TaskCompletionSource<bool>();
        _pending.Add(["a", "b"], write.Task);
        _pending.TakeFailed().ShouldBeEmpty();
        _pending.Of("a").ShouldBe(write.Task);

        write.SetResult(false);
        _pending.Of("b").ShouldBe(write.Task);
        _pending.TakeFailed().ShouldBe(["a", "b"]);
        _pending.Of("b").ShouldBeNull();
        _pending.TakeFailed().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void SameId_InALaterWrite_HasTheOutcomeOfThatWrite(bool stored)
    {
        var later = new TaskCompletionSource<bool>();
        _pending.Add(["a"], Task.FromResult(!stored));
        _pending.Add(["a"], later.Task);
        _pending.TakeFailed().ShouldBeEmpty();

        later.SetResult(stored);
        _pending.TakeFailed().ShouldBe(stored ? [] : ["a"]);
        _pending.Count.ShouldBe(0);
    }
}
