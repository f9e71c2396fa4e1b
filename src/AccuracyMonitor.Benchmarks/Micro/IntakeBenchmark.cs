using System.Runtime.InteropServices;
using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Recalibration;
using AccuracyMonitor.Core.Sampling;
using AccuracyMonitor.Hosting.Access;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Sidecar.Intake;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.V1;
using BenchmarkDotNet.Attributes;
using Google.Protobuf;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Benchmarks.Micro;

/// <summary>A batch off the wire: the protobuf message from its bytes, and the checked rows from the message.</summary>
public class IntakeBenchmark
{
    private readonly BatchParser _parser = NewParser();
    private PredictionBatch _batch = new();
    private byte[] _bytes = [];

    [Params(10, 1000)]
    public int Classes { get; set; }

    [Params(1, 64)]
    public int Rows { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _batch = new PredictionBatch
        {
            Model = "m",
            Version = $"{Classes}",
            ClassCount = (uint)Classes,
            Values = ByteString.CopyFrom(MemoryMarshal.AsBytes(BenchLoad.Softmax(Classes, Rows, seed: 2).AsSpan())),
        };
        _batch.Ids.AddRange(Enumerable.Range(0, Rows).Select(i => $"prediction-{i}"));
        _bytes = _batch.ToByteArray();
    }

    [Benchmark]
    public PredictionBatch ReadMessage() => PredictionBatch.Parser.ParseFrom(_bytes);

    [Benchmark]
    public int CheckRows()
    {
        BatchMapping.Read(_batch, out var reported);
        var parsed = _parser.Parse(reported);
        parsed.Batch!.Release();
        return parsed.AcceptedRows;
    }

    private static BatchParser NewParser()
    {
        var windows = new WindowPlan { Lengths = [TimeSpan.FromMinutes(5), TimeSpan.FromHours(1)], Buckets = 60, ClassBuckets = 20, Classes = 0, Rows = 2000 };
        var limits = new ModelLimits { Models = 64, Segments = 32, DeclaredSegments = [], RememberedIds = 1000, EvictAfter = TimeSpan.FromMinutes(5) };
        var plan = new ModelPlan(limits, windows, new Lazy<SamplerOptions>(new SamplerOptions()));
        var registry = new ModelRegistry(plan, new SoftmaxMonitors(), new NoHistory(), [], TimeProvider.System);
        var owners = new ModelOwners(Options.Create(new AccessOptions()));
        return new BatchParser(registry, Options.Create(new IntakeOptions()), plan, owners, TimeProvider.System);
    }

    private sealed class NoHistory : IVersionHistory
    {
        public Task RestoreAsync(ModelRegistry registry, ModelState model) => Task.CompletedTask;
    }

    /// <summary>The maximum softmax for every model.</summary>
    private sealed class SoftmaxMonitors : IStartingMonitors
    {
        public MonitorLease? AtHand(ModelKey key, int classCount) => Fallback();

        public MonitorLease Load(ModelKey key, int classCount) => Fallback();

        public void Failed(ModelKey key, Exception exception) => throw exception;

        public MonitorLease Fallback() => MonitorLease.OfCreator(new MonitorSnapshot(
            new SharedScorer(new CalibratedScoreScorer(ScoreCalibration.Identity, "softmax")), null, "softmax", "softmax", [], Proven: false, 0));
    }
}
