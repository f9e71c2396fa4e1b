using System.Collections.Concurrent;
using AccuracyMonitor.Capture.Bodies;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace AccuracyMonitor.Capture.Tests;

public sealed class CapturedBodiesTests : IDisposable
{
    private static readonly CaptureInputOptions Settings = new(IsOn: true, 1 << 20, TimeSpan.FromMinutes(1));

    private readonly FakeTimeProvider _time = new();
    private readonly CountedCapture _metrics = new();
    private readonly HeldUpInputs _inputs = new();
    private readonly InputRing _ring;
    private readonly CapturedBodies _bodies;

    public CapturedBodiesTests()
    {
        _ring = new InputRing(Settings, _time);
        _bodies = new CapturedBodies(_inputs, Settings, _metrics, _time, NullLogger<CapturedBodies>.Instance);
    }

    public void Dispose() => _bodies.Dispose();

    [Fact]
    public async Task One_body_is_read_at_a_time_and_the_others_wait_in_the_ring()
    {
        var first = Attach("a", out _);
        await _inputs.Began.WaitAsync(TestContext.Current.CancellationToken);
        var second = Attach("b", out var held);

        held.Pieces.ShouldNotBeNull();
        _inputs.Go.Release(2);
        await Task.WhenAll(first, second);

        _inputs.Attached.ShouldBe(["a#0", "b#0"]);
        _inputs.MostAtOnce.ShouldBe(1);
    }

    [Fact]
    public async Task A_defect_is_counted_and_the_next_body_is_read()
    {
        _inputs.Failure = new NotSupportedException("a defect");
        _inputs.Go.Release(2);
        await Attach("a", out _);
        _inputs.Failure = null;
        await Attach("b", out _);

        _inputs.Losses.ShouldBe([(InputLoss.Undecodable, 1)]);
        _metrics.DefectCount.ShouldBe(1);
        _inputs.Attached.ShouldBe(["b#0"]);
    }

    [Fact]
    public async Task An_old_body_leaves_the_ring_without_another_request()
    {
        var held = _ring.Begin()!;
        held.Append("{}"u8);
        _time.Advance(Settings.MaxAge + TimeSpan.FromSeconds(1));
        _ring.Expire();

        _ring.Bytes.ShouldBe(0);
        await _bodies.AttachAsync(held, Rows("a"), [new RequestedRow("a#0", "a#0")]);
        _inputs.Losses.ShouldBe([(InputLoss.RingOverrun, 1)]);
    }

    private Task Attach(string id, out HeldRequest held)
    {
        held = _ring.Begin()!;
        held.Append("""{"inputs":[{"name":"x","datatype":"FP32","shape":[1,1],"data":[1]}]}"""u8);
        return _bodies.AttachAsync(held, Rows(id), [new RequestedRow($"{id}#0", $"{id}#0")]);
    }

    private static AnsweredRows Rows(string id) => new("m", "1", 1, new CalledRows(id, 0));

    /// <summary>Stores an input when it is let.</summary>
    private sealed class HeldUpInputs : ICapturedInputs
    {
        private int _now;

        public SemaphoreSlim Go { get; } = new(0);

        public SemaphoreSlim Began { get; } = new(0);

        public ConcurrentQueue<string> Attached { get; } = new();

        public ConcurrentQueue<(InputLoss Loss, int Count)> Losses { get; } = new();

        public int MostAtOnce { get; private set; }

        public Exception? Failure { get; set; }

        public async Task AttachAsync(string model, string version, string predictionId, string contentType, ReadOnlyMemory<byte> content)
        {
            MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _now));
            Began.Release();
            await Go.WaitAsync();
            Interlocked.Decrement(ref _now);
            if (Failure is { } failure)
            {
                throw failure;
            }

            Attached.Enqueue(predictionId);
        }

        public void Missing(InputLoss loss, int count) => Losses.Enqueue((loss, count));
    }
}
