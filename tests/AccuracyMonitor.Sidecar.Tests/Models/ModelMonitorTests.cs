using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Tests.Support;

namespace AccuracyMonitor.Sidecar.Tests.Models;

public sealed class ModelMonitorTests
{
    [Fact]
    public void Adopt_TwiceBetweenTwoUses_DisposesEachReplacedScorerOnce()
    {
        CountingScorer[] scorers = [new("a"), new("b"), new("c")];
        var monitor = new ModelMonitor(scorers[0].ToMonitor());

        Adopt(monitor, scorers[1]);
        Adopt(monitor, scorers[2]);

        scorers.Select(s => s.Disposed).ShouldBe([1, 1, 0]);
    }

    [Fact]
    public void Adopt_WhileSomebodyScores_DisposesWhenTheLastLeaseIsReturned()
    {
        var (old, next) = (new CountingScorer("a"), new CountingScorer("b"));
        var monitor = new ModelMonitor(old.ToMonitor());
        var scoring = monitor.Lease();
        var window = monitor.Lease();

        Adopt(monitor, next);
        scoring.Dispose();
        scoring.Dispose();
        old.Disposed.ShouldBe(0);
        window.Scorer.Score([0.5f, 0.5f], 1, 2, new float[1], new float[1]);
        window.Dispose();

        old.Disposed.ShouldBe(1);
        Should.Throw<ObjectDisposedException>(() => window.Scorer);
        monitor.Current.Version.ShouldBe("b");
    }

    [Fact]
    public void Adopt_AnotherHeadOfTheSameGraph_KeepsTheScorerUntilTheGraphIsReplaced()
    {
        var graph = new CountingScorer("a");
        var monitor = new ModelMonitor(graph.ToMonitor());
        for (var head = 1; head <= 3; head++)
        {
            using var next = MonitorLease.TryTake(monitor.Current with { Version = $"a+{head}" })!;
            monitor.Adopt(next);
        }

        graph.Disposed.ShouldBe(0);
        monitor.Current.Version.ShouldBe("a+3");
        Adopt(monitor, new CountingScorer("b"));
        graph.Disposed.ShouldBe(1);
    }

    [Fact]
    public void Adopt_AfterTheLeaseWasReturned_IsRefused()
    {
        var monitor = new ModelMonitor(new CountingScorer("a").ToMonitor());
        var gone = new CountingScorer("b").ToMonitor();
        gone.Dispose();

        Should.Throw<ObjectDisposedException>(() => monitor.Adopt(gone));
        monitor.Current.Version.ShouldBe("a");
    }

    [Fact]
    public async Task Lease_FromManyThreadsWhileMonitorsChange_IsNeverOfADisposedScorer()
    {
        var scorers = Enumerable.Range(0, 2000).Select(i => new CountingScorer($"{i}")).ToArray();
        var monitor = new ModelMonitor(scorers[0].ToMonitor());
        using var changed = new CancellationTokenSource();
        var users = Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            do
            {
                using var lease = monitor.Lease();
                lease.Scorer.Score([0.5f, 0.5f], 1, 2, new float[1], new float[1]);
            }
            while (!changed.IsCancellationRequested);
        })).ToArray();
        foreach (var scorer in scorers.Skip(1))
        {
            Adopt(monitor, scorer);
        }

        await changed.CancelAsync();
        await Task.WhenAll(users);

        scorers.SkipLast(1).ShouldAllBe(s => s.Disposed == 1);
        scorers[^1].Disposed.ShouldBe(0);
    }

    private static void Adopt(ModelMonitor monitor, CountingScorer scorer)
    {
        using var lease = scorer.ToMonitor();
        monitor.Adopt(lease);
    }
}
