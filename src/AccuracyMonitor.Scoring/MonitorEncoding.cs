namespace AccuracyMonitor.Scoring;

/// <summary>Input encoding of a monitor network. The numbers are part of the file format: add new ones, never change one.</summary>
public enum MonitorEncoding
{
    /// <summary>The unchanged softmax vector (K inputs), as in Shao, Yang and Ren 2020.</summary>
    RawSoftmax = 1,

    /// <summary>Logarithms of the ten largest values in descending order, the margin between the first two, and the entropy with the
    /// remaining classes counted as one value (12 inputs). It does not contain the predicted class and has the same size for every K, so a
    /// monitor can be used with another class count.</summary>
    SortedLog = 2,

    /// <summary><see cref="SortedLog"/>, followed by the logarithms of the whole vector and the one-hot predicted class (12 + 2K
    /// inputs).</summary>
    SortedLogWithClass = 3,
}
