using AccuracyMonitor.Scoring;
using AccuracyMonitor.Training.Networks;
using AccuracyMonitor.Training.Quantized;
using AccuracyMonitor.Training.Schedules;

namespace AccuracyMonitor.Training;

/// <summary>How a monitor network is pre-trained. The defaults were chosen by measurement: see docs/measurements/training-monitors.md.</summary>
public sealed record TrainingOptions
{
    /// <summary>Largest number of classes for which the predicted class is an input; with more, a typical reference set has too few errors
    /// per class.</summary>
    public const int MostClassesToTellApart = 100;

    /// <summary>Null: <see cref="MonitorEncoding.SortedLogWithClass"/> up to <see cref="MostClassesToTellApart"/> classes, else
    /// <see cref="MonitorEncoding.SortedLog"/>.</summary>
    public MonitorEncoding? Encoding { get; init; }

    /// <summary>One or two widths, each 1…1024.</summary>
    public IReadOnlyList<int> HiddenWidths { get; init; } = [64, 64];

    /// <summary>Share of hidden units dropped, [0, 0.9].</summary>
    public double Dropout { get; init; } = 0.5;

    /// <summary>T: fixed sub-networks of the ensemble, 1…256.</summary>
    public int Members { get; init; } = 20;

    /// <summary>Seed of the split, the initial weights, the order of the samples and the masks. The same seed, data and options give the
    /// same file, byte for byte, on the same kind of processor.</summary>
    public ulong Seed { get; init; }

    /// <summary>1 or more.</summary>
    public int MaxEpochs { get; init; } = 60;

    /// <summary>1 or more.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>Adam's step, positive.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>A learning-rate policy's text (see docs/science/learning-rate-policies.md), used at every step in place of <see cref="LearningRate"/>; null:
    /// that constant. A policy is always run to its end, because its small rates come last: <see cref="Patience"/> is then ignored, and the best epoch is
    /// kept.</summary>
    public string? LearningRatePolicy
    {
        get => Policy?.ToString();
        init => Policy = value is null ? null : RatePolicy.Parse(value);
    }

    /// <summary>Measurements of the policy, by name; written to the monitor's file.</summary>
    public IReadOnlyDictionary<string, string> PolicyNumbers { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Decoupled weight decay (AdamW), 0 or more.</summary>
    public double WeightDecay { get; init; } = 1e-4;

    /// <summary>Share of the reference set that stops the training and calibrates the result, (0, 0.9].</summary>
    public double HeldOutShare { get; init; } = 0.2;

    /// <summary>Epochs without a better held-out loss after which training stops, 1 or more.</summary>
    public int Patience { get; init; } = 8;

    /// <summary>Number of bits in training (see docs/science/few-bit-training.md), which then does not use TorchSharp; null: single precision.</summary>
    public QuantizationOptions? Quantization { get; init; }

    /// <summary>Trains without TorchSharp in single precision, for comparison with <see cref="Quantization"/>.</summary>
    internal bool FullPrecision { get; init; }

    /// <summary><see cref="LearningRatePolicy"/>, parsed once.</summary>
    internal RatePolicy? Policy { get; private init; }

    /// <summary>Steps of one pass over what a reference set of this size trains on.</summary>
    public int StepsPerEpoch(int referenceCount) => TrainingData.Batches(referenceCount - HeldOutCount(referenceCount), BatchSize);

    internal int HeldOutCount(int count) => Math.Clamp((int)(count * HeldOutShare), 1, count - 1);

    internal MonitorEncoding EncodingFor(int classes) =>
        Encoding ?? (classes <= MostClassesToTellApart ? MonitorEncoding.SortedLogWithClass : MonitorEncoding.SortedLog);

    /// <exception cref="ArgumentOutOfRangeException">The first option out of its range.</exception>
    internal void Check()
    {
        Quantization?.Check();
        OptionRange.Check(
            nameof(Encoding), (int)(Encoding ?? MonitorEncoding.RawSoftmax), (int)MonitorEncoding.RawSoftmax, (int)MonitorEncoding.SortedLogWithClass);
        OptionRange.Check($"Number of {nameof(HiddenWidths)}", HiddenWidths.Count, 1, 2);
        foreach (var width in HiddenWidths)
        {
            OptionRange.Check(nameof(HiddenWidths), width, 1, 1024);
        }

        OptionRange.Check(nameof(Dropout), Dropout, 0, 0.9);
        OptionRange.Check(nameof(Members), Members, 1, 256);
        OptionRange.Check(nameof(MaxEpochs), MaxEpochs, 1, int.MaxValue);
        OptionRange.Check(nameof(BatchSize), BatchSize, 1, int.MaxValue);
        OptionRange.Check(nameof(LearningRate), LearningRate, double.Epsilon, 1);
        OptionRange.Check(nameof(WeightDecay), WeightDecay, 0, 1);
        OptionRange.Check(nameof(HeldOutShare), HeldOutShare, double.Epsilon, 0.9);
        OptionRange.Check(nameof(Patience), Patience, 1, int.MaxValue);
    }
}
