using AccuracyMonitor.Demo.Data;

namespace AccuracyMonitor.Demo.Corruptions;

/// <summary>Corruptions that move or mix pixels.</summary>
internal static class SpatialCorruptions
{
    private const int Side = LabelledImages.Side;
    private static readonly double[] Degrees = [10, 20, 30, 45, 70];
    private static readonly double[] BlurDeviations = [0.6, 0.9, 1.3, 1.8, 2.5];
    private static readonly int[] PatchSides = [6, 9, 12, 15, 18];

    /// <summary>By a fixed angle about the centre, clockwise or not by the noise; bilinear, black outside.</summary>
    public static void Rotate(ReadOnlySpan<byte> image, Span<byte> destination, int severity, ref SeededNoise noise)
    {
        var sign = noise.Uniform() < 0.5 ? -1 : 1;
        var (sin, cos) = Math.SinCos(sign * Degrees[severity - 1] * Math.PI / 180);
        const double Centre = (Side - 1) / 2.0;
        for (var y = 0; y < Side; y++)
        {
            for (var x = 0; x < Side; x++)
            {
                var (dx, dy) = (x - Centre, y - Centre);
                destination[(y * Side) + x] = Corruption.ToByte(
                    Sample(image, Centre + (cos * dx) + (sin * dy), Centre - (sin * dx) + (cos * dy)));
            }
        }
    }

    /// <summary>Gaussian, separable, edge pixels repeated.</summary>
    public static void Blur(ReadOnlySpan<byte> image, Span<byte> destination, int severity)
    {
        var deviation = BlurDeviations[severity - 1];
        var radius = (int)Math.Ceiling(3 * deviation);
        Span<double> kernel = stackalloc double[(2 * radius) + 1];
        var total = 0.0;
        for (var i = -radius; i <= radius; i++)
        {
            total += kernel[i + radius] = Math.Exp(-i * i / (2 * deviation * deviation));
        }

        Span<double> rows = stackalloc double[Side * Side];
        for (var p = 0; p < rows.Length; p++)
        {
            var (y, x) = (p / Side, p % Side);
            for (var i = -radius; i <= radius; i++)
            {
                rows[p] += kernel[i + radius] * image[(y * Side) + Math.Clamp(x + i, 0, Side - 1)];
            }
        }

        for (var p = 0; p < rows.Length; p++)
        {
            var (y, x) = (p / Side, p % Side);
            var sum = 0.0;
            for (var i = -radius; i <= radius; i++)
            {
                sum += kernel[i + radius] * rows[(Math.Clamp(y + i, 0, Side - 1) * Side) + x];
            }

            destination[p] = Corruption.ToByte(sum / (total * total));
        }
    }

    /// <summary>A mid-grey square wholly inside the image, its place by the noise.</summary>
    public static void Occlude(ReadOnlySpan<byte> image, Span<byte> destination, int severity, ref SeededNoise noise)
    {
        const byte MidGrey = 128;
        var side = PatchSides[severity - 1];
        var top = (int)(noise.Uniform() * (Side - side + 1));
        var left = (int)(noise.Uniform() * (Side - side + 1));
        image.CopyTo(destination);
        for (var y = top; y < top + side; y++)
        {
            destination.Slice((y * Side) + left, side).Fill(MidGrey);
        }
    }

    private static double Sample(ReadOnlySpan<byte> image, double x, double y)
    {
        var (left, top) = ((int)Math.Floor(x), (int)Math.Floor(y));
        var (fx, fy) = (x - left, y - top);
        return ((1 - fy) * (((1 - fx) * Pixel(image, left, top)) + (fx * Pixel(image, left + 1, top))))
            + (fy * (((1 - fx) * Pixel(image, left, top + 1)) + (fx * Pixel(image, left + 1, top + 1))));
    }

    private static byte Pixel(ReadOnlySpan<byte> image, int x, int y) =>
        x is >= 0 and < Side && y is >= 0 and < Side ? image[(y * Side) + x] : (byte)0;
}
