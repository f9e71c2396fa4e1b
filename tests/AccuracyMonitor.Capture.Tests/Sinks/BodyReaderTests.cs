using System.IO.Pipelines;
using AccuracyMonitor.Capture.Sinks;
using AccuracyMonitor.Hosting;

namespace AccuracyMonitor.Capture.Tests.Sinks;

public sealed class BodyReaderTests
{
    private const int Most = 1 << 20;

    [Fact]
    public async Task A_sender_that_declares_much_and_sends_little_holds_little()
    {
        var cancel = TestContext.Current.CancellationToken;
        var budget = new PeerBudget(Most, Most);
        var pipe = new Pipe();
        var reading = BodyReader.ReadAsync(pipe.Reader.AsStream(), declared: Most, Most, new PeerBytes(budget, "slow"), cancel).AsTask();
        await pipe.Writer.WriteAsync(new byte[10], cancel);

        budget.Held.ShouldBeLessThan(8192);
        await pipe.Writer.WriteAsync(new byte[Most - 10], cancel);
        var (outcome, body) = await reading;

        outcome.ShouldBe(BodyOutcome.Read);
        body!.Memory.Length.ShouldBe(Most);
        budget.Held.ShouldBe(Most);
        body.Release();
        budget.Held.ShouldBe(0);
    }

    [Fact]
    public async Task One_sender_cannot_take_the_share_of_another()
    {
        var cancel = TestContext.Current.CancellationToken;
        var budget = new PeerBudget(total: 40_000, share: 30_000);

        var (greedy, _) = await BodyReader.ReadAsync(new MemoryStream(new byte[35_000]), 35_000, Most, new PeerBytes(budget, "a"), cancel);
        var (other, body) = await BodyReader.ReadAsync(new MemoryStream(new byte[9_000]), 9_000, Most, new PeerBytes(budget, "b"), cancel);

        greedy.ShouldBe(BodyOutcome.NoRoom);
        other.ShouldBe(BodyOutcome.Read);
        body!.Release();
        budget.Held.ShouldBe(0);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(0, false)]
    [InlineData(5000, true)]
    [InlineData(5000, false)]
    [InlineData(10_000, false)]
    [InlineData(10_001, false, BodyOutcome.TooLarge)]
    [InlineData(10_001, true, BodyOutcome.TooLarge)]
    internal async Task A_body_is_read_whole_with_and_without_a_declared_length(int length, bool declared, BodyOutcome expected = BodyOutcome.Read)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        var budget = new PeerBudget(Most, Most);

        var (outcome, body) = await BodyReader.ReadAsync(
            new MemoryStream(bytes), declared ? length : null, 10_000, new PeerBytes(budget, "a"), TestContext.Current.CancellationToken);

        outcome.ShouldBe(expected);
        (body is null || body.Memory.Span.SequenceEqual(bytes)).ShouldBeTrue();
        body?.Release();
        budget.Held.ShouldBe(0);
    }
}
