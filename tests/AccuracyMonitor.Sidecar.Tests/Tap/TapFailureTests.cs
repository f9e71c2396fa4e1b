using System.Net;
using AccuracyMonitor.Capture;
using AccuracyMonitor.Capture.Tap;
using AccuracyMonitor.Capture.Tap.Connections;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Intake;
using AccuracyMonitor.Sidecar.Tests.Sinks;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Tests.ModelServers;
using Microsoft.Extensions.Configuration;

namespace AccuracyMonitor.Sidecar.Tests.Tap;

/// <summary>Serving goes on, whatever becomes of monitoring.</summary>
public sealed class TapFailureTests
{
    private static readonly byte[] Answer = Answers.Rest();

    private const string Starts = ".AdaptationWorker[128]";

    [Fact]
    public async Task Calls_pass_while_nobody_reads_and_the_copies_stay_within_their_bounds()
    {
        await using var server = await ScriptedServer.StartAsync(ScriptedServer.RestAnswer(Answer));
        var options = new TapOptions { HttpPort = 0, HealthPort = -1, HttpUpstream = server.Rest.ToString(), MaxQueuedAnswers = 3 };
        await using var tap = await TapHost.StartAsync(options, new ConfigurationBuilder().Build(), TimeSpan.FromSeconds(1), TimeProvider.System);
        using var http = new HttpClient();

        for (var i = 0; i < 10; i++)
        {
            using var answer = await http.PostAsync(new Uri(new Uri(tap.Listeners.Addresses.First().Address), Tapped.RestPath), new StringContent("{}"));
            (await answer.Content.ReadAsByteArrayAsync()).ShouldBe(Answer);
        }

        tap.Queue.Reader.Count.ShouldBe(3);
        await Eventually.TrueAsync(() => Task.FromResult(tap.Queue.Budget.Held == 3 * Answer.Length), "what was dropped is given back");
    }

    [Fact]
    public async Task Monitoring_ends_though_answers_never_stop_to_come()
    {
        await using var sidecar =
            await TestSidecar.StartAsync("--Tap:HttpPort=0", "--Tap:HealthPort=-1", "--Tap:Metadata=false", "--Listen:ShutdownTimeout=5m");
        var queue = sidecar.TapQueue;
        var large = Answers.Rest(rows: [.. Enumerable.Repeat(Answers.Rows, 1000).SelectMany(r => r)]);
        using var enough = new CancellationTokenSource();
        var coming = Task.Run(() =>
        {
            // Filled faster than it is read, and so never empty: who reads until it is reads for ever.
            while (!enough.IsCancellationRequested)
            {
                if (queue.Reader.Count < 500 && queue.Budget.TryTake(large.Length))
                {
                    var call = new TapCall { Id = Guid.NewGuid().ToString("N"), Protocol = TapProtocol.Rest, Model = "m" };
                    queue.Add(new TappedAnswer(call, new PooledBody(large, large.Length, queue.Budget), Flag: 0, Encoding: null, JsonLength: null, queue.Now));
                }
            }
        });
        await Eventually.TrueAsync(async () => await sidecar.MetricAsync("accuracy_monitor_captured_total{source=\"tap\"}") > 0, "answers are read");

        await sidecar.StopAsync().WaitAsync(TimeSpan.FromMinutes(1));

        await enough.CancelAsync();
        await coming;
    }

    [Fact]
    public async Task Calls_pass_while_monitoring_can_not_start_and_are_read_once_it_can()
    {
        await using var server = await ScriptedServer.StartAsync(ScriptedServer.RestAnswer(Answer));
        var folder = Directory.CreateTempSubdirectory("am-tap-").FullName;
        var (port, database) = (Ports.Free(), Path.Combine(folder, "am.db"));

        // A folder stands where the database should.
        Directory.CreateDirectory(database);
        await using var sidecar = SidecarProcess.Start(
            folder, $"--Tap:HttpPort={port}", "--Tap:HealthPort=-1", $"--Tap:HttpUpstream={server.Rest}", "--Tap:Metadata=false",
            "--Logging:LogLevel:Default=Information");
        using var http = new HttpClient();
        var path = new Uri($"http://127.0.0.1:{port}{Tapped.RestPath}");
        await Eventually.TrueAsync(async () => await AnswersAsync(http, path), "the tap passes calls");
        await sidecar.SaysAsync("Monitoring can't start");

        Directory.Delete(database);
        await sidecar.ReadyAsync();

        (await AnswersAsync(http, path)).ShouldBeTrue();
        await sidecar.TerminateAsync();
        (await sidecar.ExitedAsync()).ShouldBe(0);
        var output = await sidecar.OutputAsync();
        output.ShouldContain("Metrics on");
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Calls_write_nothing_into_the_log_and_those_that_fail_one_line()
    {
        var server = await ScriptedServer.StartAsync(ScriptedServer.RestAnswer(Answer));
        var folder = Directory.CreateTempSubdirectory("am-tap-").FullName;
        var port = Ports.Free();
        await using var sidecar = SidecarProcess.Start(
            folder, $"--Tap:HttpPort={port}", "--Tap:HealthPort=-1", $"--Tap:HttpUpstream={server.Rest}", "--Tap:Metadata=false",
            "--Logging:LogLevel:Default=Information");
        await sidecar.ReadyAsync();
        await sidecar.SaysAsync(Starts);
        using var http = new HttpClient();
        var path = new Uri($"http://127.0.0.1:{port}{Tapped.RestPath}");

        (await AnswersAsync(http, path)).ShouldBeTrue();
        await server.DisposeAsync();
        for (var i = 0; i < 5; i++)
        {
            (await AnswersAsync(http, path)).ShouldBeFalse();
        }

        await sidecar.TerminateAsync();
        (await sidecar.ExitedAsync()).ShouldBe(0);
        var lines = (await sidecar.OutputAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        // What a worker says of itself when it starts may come after the address.
        var started = Array.FindLastIndex(
            lines, static l => l.Contains("Metrics on", StringComparison.Ordinal) || l.Contains(Starts, StringComparison.Ordinal));
        var whileServing = lines.Skip(started + 1)
            .TakeWhile(l => !l.Contains(".ShutdownReport[", StringComparison.Ordinal));
        whileServing.ShouldHaveSingleItem().ShouldContain("did not get through");
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_signal_ends_a_process_of_which_only_the_tap_runs()
    {
        var folder = Directory.CreateTempSubdirectory("am-tap-").FullName;
        Directory.CreateDirectory(Path.Combine(folder, "am.db"));
        var port = Ports.Free();
        await using var sidecar = SidecarProcess.Start(folder, "--Tap:HttpPort=0", $"--Tap:HealthPort={port}");
        using var http = new HttpClient();
        await Eventually.TrueAsync(async () => await IsOkAsync(http, new Uri($"http://127.0.0.1:{port}/livez")), "the tap runs");

        await sidecar.TerminateAsync();

        (await sidecar.ExitedAsync()).ShouldBe(0);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Every_error_of_the_settings_is_told_at_once()
    {
        var folder = Directory.CreateTempSubdirectory("am-tap-").FullName;
        await using var sidecar = SidecarProcess.Start(
            folder, "--Tap:HttpPort=8000", "--Tap:GrpcUpstream=127.0.0.1:8001", "--Tap:Outputs:0=nonsense", "--Tap:MaxAnswerBytes=1", "--Tap:Address=here");

        (await sidecar.ExitedAsync()).ShouldBe(64);
        var errors = await sidecar.ErrorsAsync();
        errors.ShouldContain("Tap:GrpcUpstream is '127.0.0.1:8001'");
        errors.ShouldContain("Tap:HttpUpstream is 'http://127.0.0.1:8000'; that is the tap's own port");
        errors.ShouldContain("Tap:Outputs:0 is 'nonsense'");
        errors.ShouldContain("Tap:MaxAnswerBytes is '1'");
        errors.ShouldContain("Tap:Address is 'here'");
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<bool> AnswersAsync(HttpClient http, Uri path)
    {
        try
        {
            using var answer = await http.PostAsync(path, new StringContent("{}"));
            return answer.StatusCode == HttpStatusCode.OK && (await answer.Content.ReadAsByteArrayAsync()).SequenceEqual(Answer);
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task<bool> IsOkAsync(HttpClient http, Uri uri)
    {
        try
        {
            return (await http.GetAsync(uri)).StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
