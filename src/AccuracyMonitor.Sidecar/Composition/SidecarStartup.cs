using System.Security.Cryptography;
using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Sampling;
using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Sidecar.Alarms;
using AccuracyMonitor.Sidecar.Estimation;
using AccuracyMonitor.Sidecar.Fleet;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Intake;
using AccuracyMonitor.Sidecar.Labelling;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Monitors;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Sidecar.Sampling;
using AccuracyMonitor.Sidecar.Storage;
using AccuracyMonitor.Storage;
using AccuracyMonitor.Storage.Labelling;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Composition;

/// <summary>What must be done before the first call is taken: open the store, check the monitors, bring back champions, windows and alarms.</summary>
internal sealed class SidecarStartup(IServiceProvider services, TimeProvider time, ILogger<SidecarStartup> logger) : IAsyncDisposable
{
    private MonitorStore? _store;
    private CoinKey? _coin;

    public MonitorStore Store => _store ?? throw new InvalidOperationException("The store is opened by PrepareAsync.");

    /// <summary>Key of the sampling decisions: the seed of the settings, or else the secret that the store has kept since its first start.</summary>
    public CoinKey Coin => Seed is { } seed ? CoinKey.FromSeed(seed) : _coin ?? throw new InvalidOperationException("The key is read by PrepareAsync.");

    private ulong? Seed => services.GetRequiredService<IOptions<SamplingOptions>>().Value.Seed;

    public async Task PrepareAsync(CancellationToken cancel)
    {
        SocketFile.Prepare(services.GetRequiredService<IOptions<ListenOptions>>().Value.Socket);
        var settings = services.GetRequiredService<IOptions<StorageOptions>>().Value;
        var longest = services.GetRequiredService<IOptions<EstimationOptions>>().Value.EffectiveWindows[^1];
        var options = new StoreOptions { Path = settings.Path, MinimumRetention = longest + TimeSpan.FromDays(1) };
        _store = await MonitorStore.OpenAsync(options, time, services.GetRequiredService<ILogger<MonitorStore>>(), cancel);
        SidecarLog.StorageOpened(logger, settings.Path);
        if (_store.Quarantined is { Length: > 0 } aside)
        {
            SidecarLog.DatabaseQuarantined(logger, aside);
        }

        if (Seed is { } seed)
        {
            SidecarLog.CoinIsSeeded(logger, seed);
        }
        else
        {
            _coin = new CoinKey(await _store.SecretAsync("coin", RandomNumberGenerator.GetBytes(CoinKey.Bytes), cancel));
        }

        if (!services.GetRequiredService<IOptions<HubOptions>>().Value.IsOn)
        {
            await _store.Fleet.DisconnectAsync(cancel);
        }

        services.GetRequiredService<StartingMonitors>().ReadFiles();
        await RestoreChampionsAsync(cancel);
        await RestoreWindowsAsync(time.GetUtcNow() - longest, cancel);
        await _store.RecordStartAsync(services.GetRequiredService<GivenSettings>().Values, time.GetUtcNow(), cancel);
    }

    public async ValueTask DisposeAsync()
    {
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }
    }

    private async Task RestoreChampionsAsync(CancellationToken cancel)
    {
        var manager = services.GetRequiredService<MonitorManager>();
        var starting = services.GetRequiredService<StartingMonitors>();
        var keys = (await Store.Monitors.ListAsync(null, null, cancel)).Where(m => m.Active).Select(m => m.Monitor.Key).ToArray();
        var atOnce = services.GetRequiredService<IOptions<IntakeOptions>>().Value.MaxModels;
        foreach (var key in keys.Take(atOnce))
        {
            try
            {
                starting.Stored(key, manager.ToMonitor((await Store.Monitors.ActiveAsync(key, cancel))!, running: null, classCount: null));
            }
            catch (MonitorFileException e)
            {
                SidecarLog.MonitorUnusable(logger, key.ToString(), e.Message);
            }
        }

        // The store keeps those of versions that are long gone too: all of them would be more native sessions than versions may be watched.
        foreach (var key in keys.Skip(atOnce))
        {
            starting.ReadWhenSeen(key, () => manager.StoredChampion(key));
        }
    }

    private async Task RestoreWindowsAsync(DateTimeOffset since, CancellationToken cancel)
    {
        var registry = services.GetRequiredService<ModelRegistry>();
        var declared = services.GetRequiredService<ModelPlan>().Limits.ClassCounts;
        var now = time.GetUtcNow();

        // Those used last come first: they are the ones that fit.
        foreach (var version in (await Store.VersionsSinceAsync(since, cancel)).OrderByDescending(v => v.Newest))
        {
            var classes = declared.Of(version.Key) ?? version.ClassCount;
            registry.Remember(version.Key, classes, now - version.Newest);

            // Of the others nothing was asked of annotators, or not in so many classes: they are read back when they are seen.
            if (classes is { } known && version.ClassCount == known && registry.GetOrCreate(version.Key, known) is { } model)
            {
                model.LastUsed = registry.TimestampOf(now - version.Newest);
                await model.Restored.WaitAsync(cancel);
            }
        }

        var alarms = services.GetRequiredService<AlarmUpdater>();
        foreach (var model in registry.Models)
        {
            await model.FirstMonitor.Settled.WaitAsync(cancel);
            await alarms.RunAsync(model, cancel);
        }

        var (requests, buckets) = services.GetRequiredService<VersionHistory>().Read;
        if (requests + buckets > 0)
        {
            SidecarLog.Restored(logger, registry.Models.Count(), requests, buckets);
        }
    }
}
