namespace AccuracyMonitor.Scoring;

/// <summary>What of the softmax vector the first layer sees. The numbers are written in monitor files: they may only be added to.</summary>
public enum MonitorEncoding
{
    /// <summary>The vector as it is (K inputs): the paper's.</summary>
    RawSoftmax = 1,

    /// <summary>Logarithms of the ten largest values in order, the margin of the first two, and the entropy with the rest counted as one value
    /// (12 inputs). Blind to which class
    /// was predicted, and the same for every K: a monitor carries over between class counts.</summary>
    SortedLog = 2,

    /// <summary><see cref="SortedLog"/>, then the logarithms of the whole vector and the predicted class as one-hot (12 + 2K inputs).</summary>
    SortedLogWithClass = 3,
}
