using AccuracyMonitor.Benchmarks.ClientCalls;

namespace AccuracyMonitor.Benchmarks.Tests.ClientCalls;

public class CallTimesTests
{
    [Fact]
    public void Measure_CallsFromEveryThreadAndSeesWhatTheyAllocate()
    {
        var times = new CallTimes();
        var contestant = new Allocating(threads: 3, calls: 1000);

        times.Measure(contestant, new float[20], classes: 10, ["a", "b"]);

        contestant.Called.ShouldBe(3 * 1001, "and one each to warm up");
        times.Calls.ShouldBe(3000);
        times.Allocated.ShouldBeInRange(3000 * 128, 3000 * 200);
        times.Percentiles(0.5)[0].ShouldBeGreaterThan(0);
    }

    private sealed class Allocating(int threads, int calls) : Contestant("allocating", threads, calls)
    {
        private int _called;

        public int Called => _called;

        public override void Call(ReadOnlySpan<float> row, string id, int number, int thread)
        {
            Interlocked.Increment(ref _called);
            GC.KeepAlive(new byte[104]);
        }
    }
}
