using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Labelling;
using AccuracyMonitor.Core.Sampling;
using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Hosting.Metrics;
using AccuracyMonitor.Sidecar.Composition;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Intake;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Monitors;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Sidecar.Queueing;
using AccuracyMonitor.Sidecar.Scoring;
using AccuracyMonitor.Storage;
using AccuracyMonitor.Storage.Labelling;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace AccuracyMonitor.Sidecar.Tests.Support;

/// <summary>The parts of a sidecar that is not started, on a clock that stands still: nothing happens but what a test calls.</summary>
internal sealed class Workbench : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly WebApplication _app;
    private readonly string _folder;
    private readonly bool _ownsFolder;

    private Workbench(string folder, bool ownsFolder, string[] settings)
    {
        (_folder, _ownsFolder) = (folder, ownsFolder);
        _app = SidecarApplication.Build([.. TestSidecar.Settings(_folder), .. settings], Clock);
        Refusal = new Refusal(Path.Combine(_folder, "am.db"));
    }

    public SteppedClock Clock { get; } = new(Start);

    public Refusal Refusal { get; }

    public MonitorStore Store => Get<MonitorStore>();

    public ModelState Model => Get<ModelRegistry>().GetOrCreate(new ModelKey("m", "1"), classCount: 2)!;

    public static Task<Workbench> OpenAsync(params string[] settings) =>
        OpenAsync(new Workbench(Directory.CreateTempSubdirectory("am-bench-").FullName, ownsFolder: true, settings));

    /// <summary>With the database of the folder, which stays.</summary>
    public static Task<Workbench> OpenInAsync(string folder, params string[] settings) => OpenAsync(new Workbench(folder, ownsFolder: false, settings));

    private static async Task<Workbench> OpenAsync(Workbench bench)
    {
        await bench.Get<SidecarStartup>().PrepareAsync(TestContext.Current.CancellationToken);
        return bench;
    }

    /// <summary>Copies the database, open as it is, with its log.</summary>
    public void CopyDatabaseTo(string folder)
    {
        foreach (var file in (string[])["am.db", "am.db-wal"])
        {
            File.Copy(Path.Combine(_folder, file), Path.Combine(folder, file));
        }
    }

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>Defects counted so far.</summary>
    public double InternalErrors(string kind) =>
        Get<MetricRegistry>().Find("accuracy_monitor_internal_errors_total")!.Snapshot.Single(s => s.Labels[0] == kind).Value;

    /// <summary>Counts predictions of class 0 in the windows of the whole traffic and of the class.</summary>
    public void Count(int predictions = 1)
    {
        var now = Clock.GetUtcNow();
        foreach (var series in Model.SeriesOf("", 0))
        {
            lock (series.Gate)
            {
                for (var i = 0; i < predictions; i++)
                {
                    series.Windows.AddPrediction(now, new PredictionPoint(0.75, 0.75, Covered: true), now);
                }
            }
        }
    }

    public LabelRequest Request(string id) => new()
    {
        Series = new SeriesKey("m", "1", ""),
        PredictionId = id,
        PredictionTime = Clock.GetUtcNow(),
        PredictedClass = 0,
        Probabilities = [0.75f, 0.25f],
        Score = 0.75,
        MonitorLogit = 1,
        Disagreement = 0,
        InclusionProbability = 0.5,
        Policy = SamplingPolicy.Uniform,
        MonitorVersion = "m1",
        CreatedAt = Clock.GetUtcNow(),
        ExpiresAt = Clock.GetUtcNow().AddHours(24),
    };

    /// <summary>Puts requests of the uniform sample into the store, each with a label that says "right".</summary>
    public async Task LabelUniformAsync(ModelKey key, params string[] ids)
    {
        var cancel = TestContext.Current.CancellationToken;
        var series = new SeriesKey(key.Model, key.Version, "");
        await Store.EnqueueAsync([.. ids.Select(id => Request(id) with { Series = series, UniformSample = true })], [], cancel);
        await Store.CompleteAsync([.. ids.Select(id => new LabelAnswer { Key = key, PredictionId = id, Label = 0 })], Clock.GetUtcNow(), cancellation: cancel);
    }

    /// <summary>Puts requests into the store and labels them.</summary>
    /// <param name="prefix">Start of the prediction ids.</param>
    /// <param name="count">Number of requests.</param>
    /// <param name="right">How many of every ten labels say "right".</param>
    public async Task LabelAsync(string prefix, int count, int right)
    {
        var cancel = TestContext.Current.CancellationToken;
        string[] ids = [.. Enumerable.Range(0, count).Select(i => $"{prefix}-{i}")];
        await Store.EnqueueAsync([.. ids.Select(Request)], [], cancel);
        await Store.CompleteAsync(
            [.. ids.Select((id, i) => new LabelAnswer { Key = Model.Key, PredictionId = id, Label = i % 10 < right ? 0 : 1 })],
            Clock.GetUtcNow(),
            cancellation: cancel);
    }

    /// <summary>Makes a network the champion.</summary>
    public async Task AdoptNetworkAsync()
    {
        var file = TernaryNetwork.Onnx(Model.ClassCount);
        using var network = await Get<MonitorLoader>().LoadAsync(load =>
        {
            var scorer = load(file, Model.ClassCount);
            return MonitorLease.OfCreator(new MonitorSnapshot(
                new SharedScorer(scorer), null, scorer.Version, scorer.Version, file, Proven: true, TrainedThrough: 0));
        });
        Model.Adopt(network);
    }

    /// <summary>Ends the use of the model version.</summary>
    public async Task RetireAsync()
    {
        (await Model.TryManageAsync(TestContext.Current.CancellationToken)).ShouldBeTrue();
        using var nothing = new CountingScorer("none").ToMonitor();
        Model.Retire(nothing);
        Model.Management.Release();
    }

    /// <summary>A batch as the scoring loop leaves it.</summary>
    public ScoreBatch Batch(params (string Id, RowOutcome Outcome)[] rows)
    {
        var batch = new ScoreBatch(Get<ModelRegistry>().Hold(new ModelKey("m", "1"), classCount: 2)!, segment: null, rows.Length, width: 2, chosenByUs: false);
        for (var i = 0; i < rows.Length; i++)
        {
            (batch.Ids[i], batch.Outcomes[i]) = rows[i];
        }

        return batch;
    }

    /// <summary>Predictions stored of the whole traffic, in the longest window.</summary>
    public async Task<long> StoredAsync(int? predictedClass = null)
    {
        var buckets = await Store.Windows.BucketsAsync(DateTimeOffset.MinValue, cancellation: TestContext.Current.CancellationToken);
        return buckets.Where(b => b.Snapshot.Window == TimeSpan.FromHours(24) && b.Series.PredictedClass == predictedClass).Sum(b => b.Snapshot.Sums.Count);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        if (_ownsFolder)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }
}
