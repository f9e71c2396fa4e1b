using System.ComponentModel.DataAnnotations;
using AccuracyMonitor.Scoring;
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

    public ScorerOptions ToScorer() => new(ExecutionProvider, Threads, ClassCount: null);
}

[OptionsValidator]
internal sealed partial class ScoringOptionsValidator : IValidateOptions<ScoringOptions>;
