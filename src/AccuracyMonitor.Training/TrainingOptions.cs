using AccuracyMonitor.Scoring;

namespace AccuracyMonitor.Training;

/// <summary>How a monitor network is pre-trained. The defaults are measured: see README.md.</summary>
public sealed record TrainingOptions
{
    public MonitorEncoding Encoding { get; init; } = MonitorEncoding.SortedLog;

    /// <summary>One or two widths, each 1…1024.</summary>
    public IReadOnlyList<int> HiddenWidths { get; init; } = [64, 64];

    /// <summary>Share of hidden units dropped, [0, 0.9].</summary>
    public double Dropout { get; init; } = 0.2;

    /// <summary>T: fixed sub-networks of the ensemble, 1…256.</summary>
    public int Members { get; init; } = 20;

    /// <summary>Decides the split, the first weights, the order of the samples and the masks. The same seed, data and options give the same
    /// file, byte for byte, on the same kind of processor.</summary>
    public ulong Seed { get; init; }

    /// <summary>1 or more.</summary>
    public int MaxEpochs { get; init; } = 60;

    /// <summary>1 or more.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>Adam's step, positive.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Decoupled weight decay (AdamW), 0 or more.</summary>
    public double WeightDecay { get; init; } = 1e-4;

    /// <summary>Share of the reference set that stops the training and calibrates the result, (0, 0.9].</summary>
    public double HeldOutShare { get; init; } = 0.2;

    /// <summary>Epochs without a better held-out loss after which training stops, 1 or more.</summary>
    public int Patience { get; init; } = 8;
}
