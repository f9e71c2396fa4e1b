namespace AccuracyMonitor.Scoring;

/// <summary>Metadata of a monitor file.</summary>
public sealed record MonitorMetadata
{
    /// <summary>The format version that this code writes, and the only one that it reads.</summary>
    public const int CurrentFormat = 1;

    public int FormatVersion { get; init; } = CurrentFormat;

    /// <summary>Derived from the weights and all other metadata: the same training gives the same version.</summary>
    public string MonitorVersion { get; init; } = string.Empty;

    public required MonitorEncoding Encoding { get; init; }

    /// <summary>K, 2…10,000.</summary>
    public required int ClassCount { get; init; }

    /// <summary>T, 1…256.</summary>
    public required int Members { get; init; }

    /// <summary>Seed of the members' dropout masks.</summary>
    public required ulong MaskSeed { get; init; }

    /// <summary>Dropout rate: fraction of hidden units that a member lacks, [0, 0.9].</summary>
    public required double DropoutRate { get; init; }

    /// <summary>One or two widths, each 1…1024.</summary>
    public required IReadOnlyList<int> HiddenWidths { get; init; }

    /// <summary>A member's logit is Scale·z + Shift of its raw output z.</summary>
    public double CalibrationScale { get; init; } = 1;

    /// <inheritdoc cref="CalibrationScale"/>
    public double CalibrationShift { get; init; }

    /// <summary>Number of labelled outputs used to fit the calibration; they are not used to train the weights.</summary>
    public int CalibrationCount { get; init; }

    /// <summary>Standard error of the mean score as an estimate of accuracy, due to the calibration; in accuracy (0–1).</summary>
    public double CalibrationStandardError { get; init; }

    /// <summary>Size of the reference set, including the held-out part.</summary>
    public int ReferenceCount { get; init; }

    /// <summary>Accuracy of the deployed model on the reference set, [0, 1].</summary>
    public double ReferenceAccuracy { get; init; }

    /// <summary>Numbers of the training run by name, for information only.</summary>
    public IReadOnlyDictionary<string, string> TrainingNumbers { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
