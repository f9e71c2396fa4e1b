using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Core.Sampling;
using AccuracyMonitor.Core.Windows;
using BenchmarkDotNet.Attributes;

namespace AccuracyMonitor.Benchmarks.Micro;

/// <summary>What happens to a prediction after it is scored: the sampler's decision, the buckets of three windows, and the estimate from them.</summary>
public class WindowBenchmark
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly WindowSeries _series = new([TimeSpan.FromMinutes(5), TimeSpan.FromHours(1), TimeSpan.FromHours(24)], 60);
    private readonly Sampler _sampler = new(new SamplerOptions { MaxRequestsPerHour = int.MaxValue }, new ModelKey("m", "1"));
    private readonly EstimatorOptions _options = new();
    private Bucket[] _buckets = [];
    private long _sequence;

    [GlobalSetup]
    public void SetUp()
    {
        _buckets = new Bucket[_series.MaxBuckets];
        for (var i = 0; i < 10_000; i++)
        {
            AddPrediction();
            AddLabel();
        }
    }

    [Benchmark]
    public bool Sample() => _sampler.Decide("prediction-1", 0.8, Next()).Selected;

    [Benchmark]
    public bool AddPrediction()
    {
        var now = Next();
        return _series.AddPrediction(now, new PredictionPoint(0.8, 0.9, Covered: true), now);
    }

    [Benchmark]
    public bool AddLabel()
    {
        var now = Next();
        return _series.AddLabel(now, new LabelPoint(0.8, 0.01, Correct: true), now);
    }

    [Benchmark]
    public double EstimateOneHour()
    {
        var count = _series.CopyWindow(1, Start.AddMilliseconds(_sequence), _buckets);
        return WindowEstimator.Estimate(_buckets.AsSpan(0, count), monitorValid: true, _options).Audited.Value;
    }

    private DateTimeOffset Next() => Start.AddMilliseconds(++_sequence);
}
