using AccuracyMonitor.Demo.Data;

namespace AccuracyMonitor.Demo.Corruptions;

/// <summary>Ways in which images go wrong on their way to the classifier.</summary>
public enum CorruptionKind
{
    GaussianNoise = 1,
    Rotation = 2,
    Darkness = 3,
    Contrast = 4,
    Blur = 5,
    Occlusion = 6,
}

/// <summary>
/// Corruptions of five severities, as in D. Hendrycks and T. Dietterich, "Benchmarking Neural Network Robustness to Common
/// Corruptions and Perturbations" (ICLR 2019), section 3; the amounts are ours, fitted to 28×28 grey images.
/// </summary>
public static class Corruption
{
    public const int MinSeverity = 1;
    public const int MaxSeverity = 5;

    /// <summary>Writes the corrupted image. The same image, kind, severity, seed and item give the same bytes, always.</summary>
    /// <param name="kind">What goes wrong.</param>
    /// <param name="severity">1…5; higher is worse.</param>
    /// <param name="image">784 bytes.</param>
    /// <param name="destination">784 bytes; must not overlap <paramref name="image"/>.</param>
    /// <param name="seed">Of the run.</param>
    /// <param name="item">Of the image within the run: two items have independent noise.</param>
    /// <exception cref="ArgumentOutOfRangeException">An unknown kind, a severity outside 1…5, or a span that is not 784 bytes.</exception>
    public static void Apply(
        CorruptionKind kind, int severity, ReadOnlySpan<byte> image, Span<byte> destination, ulong seed, ulong item)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(severity, MinSeverity);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(severity, MaxSeverity);
        ArgumentOutOfRangeException.ThrowIfNotEqual(image.Length, LabelledImages.PixelCount, nameof(image));
        ArgumentOutOfRangeException.ThrowIfNotEqual(destination.Length, LabelledImages.PixelCount, nameof(destination));
        var noise = new SeededNoise(seed, item);
        switch (kind)
        {
            case CorruptionKind.GaussianNoise:
                PixelCorruptions.GaussianNoise(image, destination, severity, ref noise);
                break;
            case CorruptionKind.Rotation:
                SpatialCorruptions.Rotate(image, destination, severity, ref noise);
                break;
            case CorruptionKind.Darkness:
                PixelCorruptions.Darken(image, destination, severity);
                break;
            case CorruptionKind.Contrast:
                PixelCorruptions.FlattenContrast(image, destination, severity);
                break;
            case CorruptionKind.Blur:
                SpatialCorruptions.Blur(image, destination, severity);
                break;
            case CorruptionKind.Occlusion:
                SpatialCorruptions.Occlude(image, destination, severity, ref noise);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown corruption.");
        }
    }

    internal static byte ToByte(double value) => (byte)Math.Clamp((int)Math.Round(value), 0, 255);
}
