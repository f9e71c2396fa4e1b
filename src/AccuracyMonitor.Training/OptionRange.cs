namespace AccuracyMonitor.Training;

/// <summary>One wording for an option out of its range; also a NaN is.</summary>
internal static class OptionRange
{
    public static void Check(string name, double value, double least, double most)
    {
        if (!(value >= least && value <= most))
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be {least} to {most}.");
        }
    }
}
