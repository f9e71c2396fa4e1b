using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Sidecar.Intake;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Storage;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccuracyMonitor.Sidecar.Tests.Storage;

/// <summary>
/// Predictions, leases, writes that arrive in any order, refusals, late commits, slots that are taken by new buckets, and restarts, at random: what
/// is stored is compared with a plain dictionary.
/// </summary>
public sealed class UnsavedSumsModelTests : IAsyncDisposable
{
    private const int Buckets = 4;

    private static readonly TimeSpan[] Windows = [TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(80)];
    private static readonly SeriesKey[] Keys = [new("m", "1", ""), new("m", "1", "eu"), new("m", "1", "") { PredictedClass = 3 }];

    private readonly string _folder = Directory.CreateTempSubdirectory("am-model-").FullName;
    private readonly List<BucketLease> _underWay = [];
    private readonly List<BucketLease> _acknowledged = [];
    private readonly Dictionary<(SeriesKey, TimeSpan, DateTimeOffset), PredictionSums> _truth = [];
    private readonly Dictionary<(SeriesKey, TimeSpan, DateTimeOffset), long> _written = [];
    private DateTimeOffset _now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private Random _random = new(0);
    private MonitorStore _store = null!;
    private SeriesState[] _series = [];

    private string Database => Path.Combine(_folder, "am.db");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Stored_AfterRandomOperations_EqualsTheModel(int seed)
    {
        _random = new Random(seed);
        var refusal = new Refusal(Database);
        var refusing = false;
        await StartAsync();
        for (var step = 0; step < 600; step++)
        {
            switch (_random.Next(20))
            {
                case < 8:
                    Predict();
                    break;
                case < 11:
                    _underWay.Add(BucketLease.Take(_series.Where(_ => _random.Next(3) > 0)));
                    break;
                case < 16 when _underWay.Count > 0:
                    await WriteAsync(refusing);
                    break;
                case < 18 when _acknowledged.Count > 0:
                    Take(_acknowledged).Commit();
                    break;
                case 18:
                    _now += TimeSpan.FromSeconds(_random.Next(4));
                    break;
                case 19 when _random.Next(3) == 0:
                    Toggle();
                    break;
                case 19 when _random.Next(8) == 0:
                    await RestartAsync();
                    break;
            }
        }

        if (refusing)
        {
            Toggle();
        }

        // What is still under way arrives after the last flush, as late as can be.
        var last = BucketLease.Take(_series);
        await FlushAsync(last);
        last.Commit();
        while (_underWay.Count > 0)
        {
            await WriteAsync(refusing);
        }

        BucketLease.Take(_series).Rows.ShouldBeEmpty();
        await CheckAsync(complete: true);

        void Toggle()
        {
            refusing = !refusing;
            if (refusing)
            {
                refusal.Start("prediction_buckets");
            }
            else
            {
                refusal.End();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static TimeSpan Width(TimeSpan window) => window / Buckets;

    private static DateTimeOffset StartOf(DateTimeOffset time, TimeSpan window) => new(time.UtcTicks - (time.UtcTicks % Width(window).Ticks), TimeSpan.Zero);

    private bool IsLive(DateTimeOffset start, TimeSpan window) =>
        start <= StartOf(_now, window) + Width(window) && start >= StartOf(_now, window) - window;

    private void Predict()
    {
        var key = _random.Next(Keys.Length);
        var time = _now - TimeSpan.FromSeconds(_random.Next(_random.Next(5) == 0 ? 60 : 5));
        var point = new PredictionPoint(_random.NextDouble(), _random.NextDouble(), _random.Next(2) == 0);
        _series[key].Windows.AddPrediction(time, point, _now);
        foreach (var window in Windows.Where(w => IsLive(StartOf(time, w), w)))
        {
            var sums = _truth.GetValueOrDefault((Keys[key], window, StartOf(time, window)));
            sums.Add(point);
            _truth[(Keys[key], window, StartOf(time, window))] = sums;
        }
    }

    private async Task WriteAsync(bool refusing)
    {
        var lease = Take(_underWay);
        if (lease.Rows.Count == 0)
        {
            return;
        }

        if (refusing)
        {
            await Should.ThrowAsync<StoreException>(() => FlushAsync(lease));
            return;
        }

        await FlushAsync(lease);
        _acknowledged.Add(lease);
    }

    private async Task FlushAsync(BucketLease lease)
    {
        await _store.Windows.FlushBucketsAsync(lease.Rows, TestContext.Current.CancellationToken);
        foreach (var (series, bucket) in lease.Rows)
        {
            var key = (series, bucket.Window, bucket.Start);
            _written[key] = Math.Max(_written.GetValueOrDefault(key), bucket.Sums.Count);
        }
    }

    private BucketLease Take(List<BucketLease> leases)
    {
        var at = _random.Next(leases.Count);
        var lease = leases[at];
        leases.RemoveAt(at);
        return lease;
    }

    private async Task StartAsync()
    {
        _store = await MonitorStore.OpenAsync(
            new StoreOptions { Path = Database }, TimeProvider.System, NullLogger.Instance, TestContext.Current.CancellationToken);
        _series = [.. Keys.Select(k => new SeriesState(k, new WindowSeries(Windows, Buckets)))];
    }

    /// <summary>What was not stored is gone, and what was under way never arrives.</summary>
    private async Task RestartAsync()
    {
        _underWay.Clear();
        _acknowledged.Clear();
        await _store.DisposeAsync();
        await StartAsync();
        await CheckAsync(complete: false);
        _truth.Clear();
        foreach (var (series, bucket) in await _store.Windows.BucketsAsync(DateTimeOffset.MinValue, cancellation: TestContext.Current.CancellationToken))
        {
            _series[Array.IndexOf(Keys, series)].Windows.Restore(bucket, _now);
            _truth[(series, bucket.Window, bucket.Start)] = bucket.Sums;
        }
    }

    /// <param name="complete">Live buckets are stored as the model has them; else as they were when last written.</param>
    private async Task CheckAsync(bool complete)
    {
        var stored = await _store.Windows.BucketsAsync(DateTimeOffset.MinValue, cancellation: TestContext.Current.CancellationToken);
        stored.ToDictionary(b => (b.Series, b.Snapshot.Window, b.Snapshot.Start), b => b.Snapshot.Sums.Count).ShouldBe(_written, ignoreOrder: true);
        if (complete)
        {
            stored.Where(b => IsLive(b.Snapshot.Start, b.Snapshot.Window))
                .ToDictionary(b => (b.Series, b.Snapshot.Window, b.Snapshot.Start), b => b.Snapshot.Sums)
                .ShouldBe(_truth.Where(t => IsLive(t.Key.Item3, t.Key.Item2)), ignoreOrder: true);
        }
    }
}
