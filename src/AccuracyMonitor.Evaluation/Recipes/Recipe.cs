using AccuracyMonitor.Training;
using AccuracyMonitor.Training.Ternary;

namespace AccuracyMonitor.Evaluation.Recipes;

/// <summary>How a monitor is made, stage by stage: policy, pre-train, harden, compress. A stage that is null is left out.</summary>
internal sealed record Recipe
{
    public ulong Seed { get; init; }

    /// <summary>Share of the reference set that no stage learns from, and every gate judges by, 0.05…0.5.</summary>
    public double TestShare { get; init; } = 0.2;

    public PolicyStage? Policy { get; init; }

    public required TrainingOptions Train { get; init; }

    public HardenStage? Harden { get; init; }

    public CompressStage? Compress { get; init; }
}

/// <param name="Text">A policy's text; null: picked by the bench.</param>
/// <param name="Seconds">Of the bench.</param>
/// <param name="Seeds">Of the bench.</param>
internal sealed record PolicyStage(string? Text, int Seconds, int Seeds);

/// <param name="Traces">File with the classifier's outputs on attacked inputs, as <c>stress</c> writes it.</param>
/// <param name="Condition">Of that file.</param>
/// <param name="Gate">Against the monitor before.</param>
internal sealed record HardenStage(string Traces, string Condition, Gate Gate);

/// <param name="Options">Of coordinate descent.</param>
/// <param name="Gate">Against the monitor before.</param>
internal sealed record CompressStage(TernaryOptions Options, Gate Gate);

/// <summary>What a monitor may lose and still take the place of the one before.</summary>
/// <param name="Auroc">On rows kept out, 0…1.</param>
/// <param name="EstimateError">That may be added to |mean score − accuracy| there, 0…1.</param>
internal sealed record Gate(double Auroc, double EstimateError);
