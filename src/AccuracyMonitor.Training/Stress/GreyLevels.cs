namespace AccuracyMonitor.Training.Stress;

/// <summary>Rounds images to whole grey levels: inputs are bytes, so a value between two grey levels could not be sent.</summary>
internal static class GreyLevels
{
    public const float Most = 255;

    public static float Round(float value) => MathF.Round(Math.Clamp(value, 0, 1) * Most) / Most;
}
