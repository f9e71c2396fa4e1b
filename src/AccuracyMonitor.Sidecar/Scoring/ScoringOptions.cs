using System.ComponentModel.DataAnnotations;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Scoring;

/// <summary>How monitors are run.</summary>
internal sealed class ScoringOptions
{
    public const string Section = "Scoring";

    /// <summary>Cpu, Cuda or Auto (CUDA where it works, else the CPU). Default Auto.</summary>
    [EnumDataType(typeof(ExecutionProvider))]
    public ExecutionProvider ExecutionProvider { get; set; } = ExecutionProvider.Auto;

    /// <summary>
    /// Most rows scored in one run, over all callers. This bounds the wait behind others: a micro-batch starts as soon as the scorer is
    /// free and never waits to fill. 1–65,536. Default 1,024.
    /// </summary>
    [Range(1, 65_536)]
    public int MicroBatchRows { get; set; } = 1024;

    /// <summary>Threads of one scoring run. Default 1: the serving process needs the others.</summary>
    [Range(1, 64)]
    public int Threads { get; set; } = 1;

    /// <summary>
    /// Most memory that one monitor may take while it is loaded, computed from its file before anything is allocated; a larger one is refused.
    /// 1 MiB–64 GiB. Default 96 MiB.
    /// </summary>
    [Range(1L << 20, 64L << 30)]
    public long MaxMonitorBytes { get; set; } = new MonitorBounds().MemoryBytes;

    /// <summary>Most floating-point operations of a monitor per prediction; a larger monitor is refused. 1,000–1e12. Default 16,000,000.</summary>
    [Range(1000, 1_000_000_000_000)]
    public long MaxMonitorFlops { get; set; } = new MonitorBounds().FlopsPerPrediction;

    /// <summary>
    /// Monitors are loaded one at a time. Longest time that a call which registers or activates a monitor waits for its turn, and then for the monitor
    /// to be loaded. Also the longest time that the predictions of a new model version wait while the monitors of others are loaded; after that the
    /// maximum softmax scores them until its own monitor is loaded. 1 s–10 min. Default 30 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan MonitorLoadTimeout { get; set; } = TimeSpan.FromSeconds(30);

    public ScorerOptions ToScorer() =>
        new(ExecutionProvider, Threads, ClassCount: null) { Bounds = new MonitorBounds(MaxMonitorBytes, MaxMonitorFlops) };
}

[OptionsValidator]
internal sealed partial class ScoringOptionsValidator : IValidateOptions<ScoringOptions>;
