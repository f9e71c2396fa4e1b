using System.Globalization;
using System.Runtime.InteropServices;
using AccuracyMonitor.Rules.Tests.Fleet;
using AccuracyMonitor.Rules.Tests.Support;
using AccuracyMonitor.V1;
using Google.Protobuf;

namespace AccuracyMonitor.Rules.Tests.Chain;

/// <summary>
/// The whole chain, once for all tests that look at it: two replays of one model into a real sidecar, one that breaks and recovers and one that stays
/// clean for as long, a real Prometheus with the chart's rules, a real Alertmanager, a webhook.
/// </summary>
/// <remarks>
/// Time runs 300 times as fast in the rules: an hour is 12 s, `for: 5m` is 1 s. ACCURACY_MONITOR_CHAIN_SLOWDOWN=10 makes everything ten times as
/// slow, for delays that are worth quoting; ACCURACY_MONITOR_KEEP_PICTURES names a folder for the pictures of the dashboards, and
/// ACCURACY_MONITOR_PICTURE_MODEL=shop keeps the other model off them (the panel of segments is then empty, and its test fails).
/// </remarks>
public sealed class ChainRun : IAsyncLifetime
{
    public const string Model = "shop";
    public const string Turning = "turning";
    public const string Steady = "steady";
    private const int FastestFactor = 300;
    private const int Rate = 800;
    private const int Phases = 4;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("am-chain-");
    private readonly HttpClient _http = new();
    private readonly List<IAsyncDisposable> _running = [];

    public static int Slowdown { get; } = int.Parse(Environment.GetEnvironmentVariable("ACCURACY_MONITOR_CHAIN_SLOWDOWN") ?? "1", CultureInfo.InvariantCulture);

    /// <summary>Seconds that pass in the rules while one passes here.</summary>
    public static int Factor => FastestFactor / Slowdown;

    /// <summary>When the first broken prediction was counted, and the first clean one after it.</summary>
    public (DateTimeOffset Broken, DateTimeOffset Recovered) Shift { get; private set; }

    internal PrometheusServer Prometheus { get; private set; } = null!;

    /// <summary>Before anything was reported.</summary>
    internal DateTimeOffset Started { get; } = DateTimeOffset.UtcNow;

    internal WebhookReceiver Webhooks { get; } = new();

    private static int PerPhase => Rate * 12 * Slowdown;

    public async ValueTask InitializeAsync()
    {
        _running.Add(Webhooks);
        var sidecar = Keep(await ServedSidecar.StartAsync(
            _folder.FullName, "am", _http, "--Sampling:Budget=0.1", "--Sampling:Seed=1", "--Alarms:Objective=0.7",
            "--Estimation:Windows:0=10s", "--Estimation:Windows:1=1m", "--Estimation:RefreshInterval=500ms",
            "--Alarms:ClassObjectives:0=*=0.5"));
        var (alertmanager, address) = await AlertmanagerServer.StartAsync(_folder.FullName, Webhooks.Address, _http);
        Keep(alertmanager);
        Prometheus = Keep(await PrometheusServer.StartAsync(_folder.FullName, [sidecar.Target], RuleFiles.Write(_folder.FullName, Factor), address));
        var trace = await ReplayedTrace.WriteAsync(_folder.FullName);

        // Before the replays, which give up on a sidecar whose first answer is late: on a busy machine it still compiles itself.
        await PartsAsync(sidecar);
        await using var turning = Replay(sidecar, trace, Turning, "clean,broken,clean,clean", PerPhase);
        await using var steady = Replay(sidecar, trace, Steady, "clean", Phases * PerPhase);
        var limit = TimeSpan.FromSeconds(12 * Phases * Slowdown) + TimeSpan.FromMinutes(2);
        (await turning.ExitedAsync(limit)).ShouldBe(0, turning.Said);
        (await steady.ExitedAsync(limit)).ShouldBe(0, steady.Said);
        Shift = (await CountedAsync(PerPhase), await CountedAsync(2 * PerPhase));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var one in Enumerable.Reverse(_running))
        {
            await one.DisposeAsync();
        }

        _http.Dispose();
        _folder.Delete(recursive: true);
    }

    private static RealProcess Replay(ServedSidecar sidecar, string trace, string version, string conditions, int perCondition) => RealProcess.AccuracyMonitor(
        "replay", "--traces", trace, "--target", sidecar.Socket, "--model", Model, "--model-version", version, "--conditions", conditions, "--per-condition",
        $"{perCondition}", "--rate", $"{Rate}",
        "--label-delay", "200ms", "--plain");

    /// <summary>Some traffic in segments, of another model, and something to reject.</summary>
    private static async Task PartsAsync(ServedSidecar sidecar)
    {
        foreach (var segment in (string[])["north", "south"])
        {
            var parts = new FleetStream("parts", 3000, seed: 1, segment);
            await parts.OpenAsync([sidecar]);
            await parts.RunAsync([sidecar]);
        }

        var rejected = new PredictionBatch
        {
            Model = "parts",
            Version = "1",
            ClassCount = 4,
            Values = ByteString.CopyFrom(MemoryMarshal.AsBytes(new[] { float.NaN, 1, 0, 0 }.AsSpan()))
        };
        (await new PredictionService.PredictionServiceClient(sidecar.Channel).ScoreAsync(new ScoreRequest { Batch = rejected })).Rejected.ShouldBe(1u);
    }

    /// <summary>When Prometheus first saw so many predictions of the version that turns.</summary>
    private async Task<DateTimeOffset> CountedAsync(int predictions)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0;
        var from = now - (12 * Phases * Slowdown) - 120;
        using var answer = await Prometheus.GetAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"/api/v1/query_range?query=accuracy_monitor_predictions_total{{model=\"{Model}\",version=\"{Turning}\"}}&start={from}&end={now}&step=0.25"));
        var first = answer.RootElement.GetProperty("data").GetProperty("result")[0].GetProperty("values").EnumerateArray()
            .First(v => double.Parse(v[1].GetString()!, CultureInfo.InvariantCulture) >= predictions);
        return DateTimeOffset.FromUnixTimeMilliseconds((long)(first[0].GetDouble() * 1000));
    }

    private T Keep<T>(T one)
        where T : IAsyncDisposable
    {
        _running.Add(one);
        return one;
    }
}

/// <summary>The classes that share one run.</summary>
[CollectionDefinition(nameof(ChainRun))]
public sealed class ChainRunGroup : ICollectionFixture<ChainRun>;
