using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Labelling;
using AccuracyMonitor.Core.Sampling;
using AccuracyMonitor.Sidecar.Alarms;
using AccuracyMonitor.Sidecar.Estimation;
using AccuracyMonitor.Sidecar.Intake;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Storage;
using AccuracyMonitor.Storage.Labelling;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace AccuracyMonitor.Sidecar.Tests.Alarms;

/// <summary>A real store with label requests of one model version, and alarms that follow it.</summary>
internal sealed class AlarmScene : IAsyncDisposable
{
    public static readonly ModelKey Key = new("m", "1");
    public static readonly AlarmOptions Settings = new() { Objective = 0.8, SegmentObjectives = ["*=0.8"], ClassObjectives = ["*=0.8"] };
    public static readonly AlarmCheckpointLimits Exact = new(Copies: 1000, Labels: 4, TimeSpan.FromDays(1));

    public static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly string _folder;

    private AlarmScene(string folder, MonitorStore store, FakeTimeProvider time) =>
        (_folder, Store, Time, History) = (folder, store, time, new LateHistory(store));

    public MonitorStore Store { get; }

    public FakeTimeProvider Time { get; }

    /// <summary>The store, answering late.</summary>
    public LateHistory History { get; }

    public PredictedClasses Classes { get; } = new(Key, new EstimationOptions().ToPlan(), new StateBudget(long.MaxValue), new Lock(), after: 0);

    public static async Task<AlarmScene> OpenAsync(int requests, Func<LabelRequest, int, LabelRequest>? change = null)
    {
        var time = new FakeTimeProvider(At);
        var folder = Directory.CreateTempSubdirectory("am-alarms-").FullName;
        var options = new StoreOptions { Path = Path.Combine(folder, "am.db"), MinimumRetention = TimeSpan.FromDays(1) };
        var store = await MonitorStore.OpenAsync(options, time, NullLogger.Instance);
        await store.EnqueueAsync([.. Enumerable.Range(0, requests).Select(i => (change ?? ((r, _) => r))(Request(i, time.GetUtcNow()), i))], []);
        return new AlarmScene(folder, store, time);
    }

    public static ModelAlarms NewAlarms(AlarmCheckpointLimits? limits = null) => new(Key, Settings, "m1", 0.4, limits ?? Exact);

    /// <summary>Label 0 is right, all others are wrong: every prediction is of class 0.</summary>
    public async Task<LabelChange> AnswerAsync(int request, int label) =>
        (await Store.CompleteAsync([new LabelAnswer { Key = Key, PredictionId = $"r{request}", Label = label }], Time.GetUtcNow())).Single();

    public async Task<LabelChange> RetractAsync(int request) => (await Store.RetractAsync([(Key, $"r{request}")], "", Time.GetUtcNow())).Single();

    public Task UpdateAsync(ModelAlarms alarms, ILabelHistory? history = null) =>
        new AlarmUpdater(history ?? History, NullLogger<AlarmUpdater>.Instance).RunAsync(alarms, Classes, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static LabelRequest Request(int number, DateTimeOffset now) => new()
    {
        Series = new SeriesKey(Key.Model, Key.Version, number % 3 == 0 ? "eu" : ""),
        PredictionId = $"r{number}",
        PredictionTime = now.AddSeconds(-1),
        PredictedClass = 0,
        Probabilities = [0.6f, 0.3f, 0.1f],
        Score = 0.5 + (number % 50 / 100.0),
        MonitorLogit = 1,
        Disagreement = 0.1,
        InclusionProbability = 0.01 + (number % 7 / 1000.0),
        Policy = SamplingPolicy.Mixed,
        MonitorVersion = number % 4 == 0 ? "m0" : "m1",
        CreatedAt = now,
        ExpiresAt = now.AddDays(30),
    };
}
