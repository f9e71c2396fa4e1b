namespace AccuracyMonitor.Demo.Data;

/// <summary>Writes labelled softmax outputs in the form that <c>accuracy-monitor monitor train</c> reads.</summary>
internal static class ReferenceFile
{
    /// <param name="output">Where to write.</param>
    /// <param name="probabilities">Row-major n×classes.</param>
    /// <param name="labels">n true classes.</param>
    /// <param name="classes">K.</param>
    public static void Write(Stream output, ReadOnlySpan<float> probabilities, ReadOnlySpan<byte> labels, int classes)
    {
        var wide = new ushort[labels.Length];
        for (var i = 0; i < labels.Length; i++)
        {
            wide[i] = labels[i];
        }

        using var npz = new NpzWriter(output);
        npz.Add("reference__probs", [labels.Length, classes], probabilities);
        npz.Add("reference__labels", [labels.Length], wide);
    }
}
