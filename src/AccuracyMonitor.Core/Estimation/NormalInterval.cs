using MathNet.Numerics.Distributions;

namespace AccuracyMonitor.Core.Estimation;

/// <summary>θ̂ ± z·SE, cut to [0,1]: the interval of the papers, kept for the yardsticks that are named after them.</summary>
/// <remarks>A nominal 95 % interval covered 54 % with 100 labels of a 99 % accurate model: it is never used for a published number.</remarks>
internal static class NormalInterval
{
    public static Interval Around(double value, double variance, double alpha)
    {
        Require.That(alpha is > 0 and < 1, alpha, "above 0 and below 1", nameof(alpha));
        var half = Normal.InvCDF(0, 1, 1 - (alpha / 2)) * Math.Sqrt(Math.Max(0, variance));
        var centre = Math.Clamp(value, 0, 1);
        return new Interval(centre, Math.Clamp(value - half, 0, centre), Math.Clamp(value + half, centre, 1));
    }
}
