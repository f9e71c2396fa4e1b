namespace AccuracyMonitor.Scoring;

/// <summary>Checks of the arguments' shapes, shared by all scorers.</summary>
internal static class ScoreArguments
{
    public static void Check(
        ReadOnlySpan<float> probabilities, int count, int classes, ReadOnlySpan<float> logits, ReadOnlySpan<float> disagreements)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        if (probabilities.Length != (long)count * classes)
        {
            throw new ArgumentException($"{probabilities.Length} probabilities are not {count} rows of {classes}.", nameof(probabilities));
        }

        if (logits.Length < count || disagreements.Length < count)
        {
            throw new ArgumentException($"Results for {count} rows need as many logits and disagreements.", nameof(logits));
        }
    }
}
