namespace AccuracyMonitor.Training.Stress;

/// <summary>Images are bytes where they are made: an adversarial example between two grey levels could not be sent.</summary>
internal static class GreyLevels
{
    public const float Most = 255;

    public static float Round(float value) => MathF.Round(Math.Clamp(value, 0, 1) * Most) / Most;
}
