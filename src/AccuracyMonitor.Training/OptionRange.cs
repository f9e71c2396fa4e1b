namespace AccuracyMonitor.Training;

/// <summary>Checks an option's range with one wording for all options; NaN is out of range.</summary>
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
