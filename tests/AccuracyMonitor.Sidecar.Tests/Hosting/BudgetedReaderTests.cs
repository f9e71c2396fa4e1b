using System.IO.Pipelines;
using AccuracyMonitor.Hosting.Metrics;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Sidecar.Tests.Support;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace AccuracyMonitor.Sidecar.Tests.Hosting;

public sealed class BudgetedReaderTests : IDisposable
{
    private const int Total = 4000;

    private readonly FakeTimeProvider _time = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton<MetricRegistry>().AddSingleton<InternalErrorCounter>()
        .AddSingleton<AccuracyMonitorMetrics>().BuildServiceProvider();

    private readonly MessageBudget _budget;

    public BudgetedReaderTests() => _budget = new MessageBudget(
        Options.Create(new MemoryOptions { ReadBytes = Total, MessageTimeout = TimeSpan.FromSeconds(5) }),
            _services.GetRequiredService<AccuracyMonitorMetrics>(),
        _time);

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task What_has_arrived_is_charged_until_the_message_is_done_with()
    {
        var pipe = new Pipe();
        using var reader = new BudgetedReader(pipe.Reader, _budget, "a");
        await pipe.Writer.WriteAsync(new byte[1000], TestContext.Current.CancellationToken);

        var read = await reader.ReadAsync(TestContext.Current.CancellationToken);
        _budget.Held.ShouldBe(1000);
        reader.AdvanceTo(read.Buffer.GetPosition(600));
        _budget.Held.ShouldBe(1000, "the message of 600 bytes is being read out of its copy");
        reader.MessageDone();
        _budget.Held.ShouldBe(400);
        reader.Dispose();
        _budget.Held.ShouldBe(0);
    }

    [Fact]
    public async Task A_half_sent_message_beyond_the_share_of_its_peer_is_refused_and_gives_back_what_it_held()
    {
        var cancel = TestContext.Current.CancellationToken;
        var pipe = new Pipe();
        using (var reader = new BudgetedReader(pipe.Reader, _budget, "a"))
        {
            await pipe.Writer.WriteAsync(new byte[2500], cancel);
            var read = await reader.ReadAsync(cancel);
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            await pipe.Writer.WriteAsync(new byte[600], cancel);

            var error = await Should.ThrowAsync<RpcException>(async () => await reader.ReadAsync(cancel));
            error.StatusCode.ShouldBe(StatusCode.ResourceExhausted);
            error.Status.Detail.ShouldContain("more than 3000 bytes, what one peer may have under way (three quarters of Memory:ReadBytes)");
        }

        _budget.Held.ShouldBe(0);
    }

    [Fact]
    public async Task Peers_that_hold_the_whole_budget_make_a_further_one_be_refused()
    {
        var cancel = TestContext.Current.CancellationToken;
        var (first, second) = (new Pipe(), new Pipe());
        using var a = new BudgetedReader(first.Reader, _budget, "a");
        using var b = new BudgetedReader(second.Reader, _budget, "b");
        await first.Writer.WriteAsync(new byte[3000], cancel);
        await second.Writer.WriteAsync(new byte[1001], cancel);
        await a.ReadAsync(cancel);

        var error = await Should.ThrowAsync<RpcException>(async () => await b.ReadAsync(cancel));

        error.Status.Detail.ShouldContain("3000 bytes of messages are being read; at most 4000 may be");
    }

    [Fact]
    public async Task A_message_that_stops_half_way_is_refused_and_a_stream_between_two_messages_may_wait()
    {
        var cancel = TestContext.Current.CancellationToken;
        var pipe = new Pipe();
        using var reader = new BudgetedReader(pipe.Reader, _budget, "a");
        var idle = reader.ReadAsync(cancel).AsTask();
        _time.Advance(TimeSpan.FromHours(1));
        idle.IsCompleted.ShouldBeFalse();

        await pipe.Writer.WriteAsync(new byte[10], cancel);
        reader.AdvanceTo((await idle).Buffer.Start, (await idle).Buffer.End);
        var half = reader.ReadAsync(cancel).AsTask();
        _time.Advance(TimeSpan.FromSeconds(5));

        var error = await Should.ThrowAsync<RpcException>(() => half);
        error.Status.Detail.ShouldContain("did not arrive whole within 5 s (Memory:MessageTimeout)");
    }
}
