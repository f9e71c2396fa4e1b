using AccuracyMonitor.Training.Quantized;
using AccuracyMonitor.Training.Schedules;

namespace AccuracyMonitor.Training;

/// <summary>How a champion's weights are fine-tuned on labels of a new condition.</summary>
public sealed record FineTuneOptions
{
    /// <summary>Seed of the order of the samples and of the cross-fitting folds.</summary>
    public ulong Seed { get; init; }

    /// <summary>Passes over the labels, 1 or more; early stopping ends them sooner.</summary>
    public int MaxEpochs { get; init; } = 60;

    /// <summary>1 or more.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Adam's step, positive.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>A learning-rate policy's text (see docs/science/learning-rate-policies.md), used at every step in place of <see cref="LearningRate"/>; null:
    /// that constant.</summary>
    public string? LearningRatePolicy
    {
        get => Policy?.ToString();
        init => Policy = value is null ? null : RatePolicy.Parse(value);
    }

    /// <summary>Strength of the pull towards the champion's weights: the penalty is this times the squared distance, in nats of the summed
    /// loss. 0 or more.</summary>
    public double Penalty { get; init; } = 1;

    /// <summary>Folds of the cross-fitting that chooses the number of passes, 2 or more.</summary>
    public int Folds { get; init; } = 4;

    /// <summary>Number of bits in training (see docs/science/few-bit-training.md), which then does not use TorchSharp; null: single precision.</summary>
    public QuantizationOptions? Quantization { get; init; }

    /// <summary><see cref="LearningRatePolicy"/>, parsed once.</summary>
    internal RatePolicy? Policy { get; private init; }

    /// <exception cref="ArgumentOutOfRangeException">The first option out of its range.</exception>
    internal void Check()
    {
        Quantization?.Check();
        OptionRange.Check(nameof(MaxEpochs), MaxEpochs, 1, int.MaxValue);
        OptionRange.Check(nameof(BatchSize), BatchSize, 1, int.MaxValue);
        OptionRange.Check(nameof(LearningRate), LearningRate, double.Epsilon, 1);
        OptionRange.Check(nameof(Penalty), Penalty, 0, 1e9);
        if (Policy?.Plateau is not null)
        {
            throw new ArgumentOutOfRangeException(nameof(LearningRatePolicy), LearningRatePolicy,
                "LearningRatePolicy must not be PLATEAU: fine-tuning ends on all labels, so that none is left to see a plateau by.");
        }

        OptionRange.Check(nameof(Folds), Folds, 2, int.MaxValue);
    }
}
