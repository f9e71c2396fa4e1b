using AccuracyMonitor.Bridge.Hosting;
using AccuracyMonitor.Bridge.Journal;
using AccuracyMonitor.Bridge.Sync;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace AccuracyMonitor.Bridge.Tests.Support;

/// <summary>A sidecar, a stand-in for Label Studio or another tool, and the bridge between them, which makes a pass when it is told to. The bridge's
/// clock is set by hand; that of the sidecar is real.</summary>
internal sealed class BridgeScene : IAsyncDisposable
{
    private static readonly TimeSpan BetweenPasses = TimeSpan.FromSeconds(11);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bridge-tests-");
    private WebApplication? _app;
    private MemoryTool? _memory;

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.UtcNow);

    public FakeLabelStudio Studio { get; private set; } = null!;

    /// <summary>Which the bridge works with.</summary>
    public IAnnotatedTool Tool => _memory is null ? Studio : _memory;

    public LabelledSidecar Sidecar { get; private set; } = null!;

    public string Folder => _folder.FullName;

    public string TokenFile => Path.Combine(Folder, "token");

    public BridgeCounters Counters => Services.GetRequiredService<BridgeCounters>();

    public BridgeJournal Journal => Services.GetRequiredService<BridgeJournal>();

    private IServiceProvider Services => _app!.Services;

    public static async Task<BridgeScene> StartAsync(string[]? sidecar = null, bool inMemory = false)
    {
        var scene = new BridgeScene();
        scene._memory = inMemory ? new MemoryTool(scene.Time) : null;
        scene.Studio = await FakeLabelStudio.StartAsync(scene.Time);
        scene.Sidecar = await LabelledSidecar.StartAsync(scene.Folder, sidecar ?? []);
        await File.WriteAllTextAsync(scene.TokenFile, FakeTokens.Legacy);
        await File.WriteAllLinesAsync(Path.Combine(scene.Folder, "classes.txt"), ["cat", "dog", "owl"]);
        return scene;
    }

    public string[] Settings(params string[] more) =>
    [
        $"--Bridge:Target={Sidecar.Target}", "--Bridge:Model=m", $"--Bridge:ClassesFile={Path.Combine(Folder, "classes.txt")}",
        $"--Bridge:Journal={Path.Combine(Folder, "bridge.db")}", $"--LabelStudio:Url={Studio.Url}", $"--LabelStudio:TokenFile={TokenFile}",
        "--Inputs:Template=https://store.example/{prediction_id}.png", "--Listen:Port=-1", "--Logging:LogLevel:Default=None", .. more,
    ];

    /// <summary>As a process that starts.</summary>
    public async Task StartBridgeAsync(params string[] settings)
    {
        _app = BridgeApplication.Build(Settings(settings), Time, tool: _memory);
        _app.Services.GetRequiredService<IStartupValidator>().Validate();
        await _app.StartAsync();
    }

    public string BridgeUrl => _app!.Urls.First();

    /// <summary>As a process that ends. Nothing is written at the end, so it might as well have been killed.</summary>
    public async Task StopBridgeAsync()
    {
        if (_app is { } app)
        {
            await app.StopAsync();
            await app.DisposeAsync();
            _app = null;
        }
    }

    /// <summary>A poll later.</summary>
    /// <returns>Whether both sides did their part.</returns>
    public Task<bool> PassAsync(TimeSpan? later = null)
    {
        Time.Advance(later ?? BetweenPasses);
        return Services.GetRequiredService<BridgeLoop>().RunOnceAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>A sweep later.</summary>
    public Task<bool> SweepAsync() => PassAsync(TimeSpan.FromHours(1.1));

    public async ValueTask DisposeAsync()
    {
        await StopBridgeAsync();
        await Sidecar.DisposeAsync();
        await Studio.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
