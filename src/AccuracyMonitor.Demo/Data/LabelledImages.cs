namespace AccuracyMonitor.Demo.Data;

/// <summary>Grey images of 28×28 bytes (0 black … 255 white, row-major) with their true classes.</summary>
public sealed class LabelledImages
{
    public const int Side = 28;
    public const int PixelCount = Side * Side;
    public const int ClassCount = 10;

    private readonly byte[] _pixels;
    private readonly byte[] _labels;

    /// <param name="pixels">n·784 bytes.</param>
    /// <param name="labels">n classes, 0…9.</param>
    /// <exception cref="ArgumentException">The lengths don't fit, or a label is above 9.</exception>
    public LabelledImages(byte[] pixels, byte[] labels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(labels);
        if (pixels.Length != labels.Length * PixelCount)
        {
            throw new ArgumentException($"{pixels.Length} pixel bytes are not {labels.Length} images of {PixelCount}.", nameof(pixels));
        }

        if (labels.AsSpan().ContainsAnyExceptInRange((byte)0, (byte)(ClassCount - 1)))
        {
            throw new ArgumentException($"A label is above {ClassCount - 1}.", nameof(labels));
        }

        _pixels = pixels;
        _labels = labels;
    }

    public int Count => _labels.Length;

    public ReadOnlySpan<byte> Pixels => _pixels;

    public ReadOnlySpan<byte> Labels => _labels;

    public ReadOnlySpan<byte> Image(int index) => _pixels.AsSpan(index * PixelCount, PixelCount);

    public LabelledImages Slice(int start, int count) =>
        new(_pixels[(start * PixelCount)..((start + count) * PixelCount)], _labels[start..(start + count)]);
}
