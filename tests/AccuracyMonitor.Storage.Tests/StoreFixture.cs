using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Labelling;
using AccuracyMonitor.Core.Sampling;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccuracyMonitor.Storage.Tests;

/// <summary>A directory of its own on the real disk, and requests to put into the store.</summary>
public sealed class StoreFixture : IDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly ModelKey Clothing = new("clothing", "7");

    public StoreFixture() => Directory = System.IO.Directory.CreateTempSubdirectory("accuracy-monitor-store-").FullName;

    public string Directory { get; }

    public string DatabasePath => Path.Combine(Directory, "store.db");

    public StoreOptions Options => new() { Path = DatabasePath, RecheckDelay = TimeSpan.FromMilliseconds(1) };

    public Task<MonitorStore> OpenAsync(StoreOptions? options = null, ILogger? logger = null, TimeProvider? clock = null) =>
        MonitorStore.OpenAsync(options ?? Options, clock ?? TimeProvider.System, logger ?? NullLogger.Instance, TestContext.Current.CancellationToken);

    public static LabelRequest Request(string id, ModelKey? key = null, DateTimeOffset? created = null, int classes = 3) => new()
    {
        Series = new SeriesKey((key ?? Clothing).Model, (key ?? Clothing).Version, "eu"),
        PredictionId = id,
        PredictionTime = (created ?? Start).AddSeconds(-1),
        PredictedClass = classes - 1,
        Probabilities = [.. Enumerable.Range(0, classes).Select(k => 2f * (k + 1) / (classes * (classes + 1)))],
        Score = 0.8125,
        MonitorLogit = 1.5,
        Disagreement = 0.0625,
        InclusionProbability = 0.01,
        Policy = SamplingPolicy.Mixed,
        MonitorVersion = "m1",
        CreatedAt = created ?? Start,
        ExpiresAt = (created ?? Start).AddHours(24),
    };

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}
