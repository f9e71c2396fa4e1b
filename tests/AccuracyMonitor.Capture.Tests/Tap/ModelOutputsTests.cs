using AccuracyMonitor.Capture.Tap;
using AccuracyMonitor.Tests.ModelServers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace AccuracyMonitor.Capture.Tests.Tap;

public sealed class ModelOutputsTests
{
    [Fact]
    public async Task A_look_up_that_fails_is_repeated_after_a_pause_that_doubles_and_is_logged_once_a_minute()
    {
        await using var server = await ScriptedServer.StartAsync(ScriptedServer.RestAnswer("""{"outputs":7}"""u8.ToArray()));
        var (time, log) = (new FakeTimeProvider(), new LogRecorder<ModelOutputs>());
        using var outputs = new ModelOutputs(Options.Create(new TapOptions { HttpUpstream = server.Rest.ToString() }), time, log);

        List<double> askedAfter = [];
        for (var second = 0; second < 220; second += 10)
        {
            var before = server.Calls.Count;
            (await outputs.Of("m", "1", TapProtocol.Rest)).ShouldBeNull();
            if (server.Calls.Count > before)
            {
                askedAfter.Add(second);
            }

            time.Advance(TimeSpan.FromSeconds(10));
        }

        askedAfter.ShouldBe([0, 30, 90, 210]);
        log.Entries.Select(e => e.Level).ShouldAllBe(l => l == LogLevel.Warning);
        log.Entries.Count.ShouldBe(3, "the look-ups at 0 s, 90 s and 210 s; that at 30 s is within the minute of the first");
    }

    [Fact]
    public async Task A_server_that_never_answers_is_given_up_and_the_look_up_is_kept_as_failed()
    {
        var unanswered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await ScriptedServer.StartAsync(_ => unanswered.Task);
        var time = new FakeTimeProvider();
        using var outputs = new ModelOutputs(Options.Create(new TapOptions { HttpUpstream = server.Rest.ToString() }), time, new LogRecorder<ModelOutputs>());

        var first = outputs.Of("m", "1", TapProtocol.Rest);
        first.IsCompleted.ShouldBeFalse("the caller is not kept waiting");
        await Eventually.TrueAsync(() => Task.FromResult(!server.Calls.IsEmpty), "the server is asked");
        time.Advance(outputs.Patience);

        (await first).ShouldBeNull();
        (await outputs.Of("m", "1", TapProtocol.Rest)).ShouldBeNull();
        server.Calls.Count.ShouldBe(1);
        unanswered.SetResult();
    }
}
