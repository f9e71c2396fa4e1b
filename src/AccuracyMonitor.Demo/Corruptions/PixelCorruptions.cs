namespace AccuracyMonitor.Demo.Corruptions;

/// <summary>Corruptions that change each pixel where it stands.</summary>
internal static class PixelCorruptions
{
    private static readonly double[] NoiseDeviations = [0.05, 0.10, 0.15, 0.22, 0.32];
    private static readonly double[] LightLeft = [0.70, 0.50, 0.35, 0.25, 0.15];
    private static readonly double[] ContrastLeft = [0.60, 0.45, 0.30, 0.20, 0.12];

    public static void GaussianNoise(ReadOnlySpan<byte> image, Span<byte> destination, int severity, ref SeededNoise noise)
    {
        var deviation = 255 * NoiseDeviations[severity - 1];
        for (var i = 0; i < image.Length; i++)
        {
            destination[i] = Corruption.ToByte(image[i] + (deviation * noise.Normal()));
        }
    }

    public static void Darken(ReadOnlySpan<byte> image, Span<byte> destination, int severity)
    {
        var left = LightLeft[severity - 1];
        for (var i = 0; i < image.Length; i++)
        {
            destination[i] = Corruption.ToByte(image[i] * left);
        }
    }

    public static void FlattenContrast(ReadOnlySpan<byte> image, Span<byte> destination, int severity)
    {
        var sum = 0;
        foreach (var pixel in image)
        {
            sum += pixel;
        }

        var mean = (double)sum / image.Length;
        var left = ContrastLeft[severity - 1];
        for (var i = 0; i < image.Length; i++)
        {
            destination[i] = Corruption.ToByte(mean + (left * (image[i] - mean)));
        }
    }
}
