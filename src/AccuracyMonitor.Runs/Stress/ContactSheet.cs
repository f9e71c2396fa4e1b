using System.Runtime.InteropServices;
using AccuracyMonitor.Training.Stress;
using SkiaSharp;

namespace AccuracyMonitor.Runs.Stress;

/// <summary>A picture of a few images, each beside what every attack made of it: one row an image, the original first.</summary>
internal static class ContactSheet
{
    private const int Rows = 12;
    private const int Scale = 3;
    private const int Gap = 2;

    /// <param name="path">Of the PNG; overwritten.</param>
    /// <param name="report">Images must be square.</param>
    /// <returns>False, and nothing written, where they are not.</returns>
    public static bool Write(string path, StressReport report)
    {
        var inputs = report.Subject.Inputs;
        var side = (int)Math.Round(Math.Sqrt(inputs.PixelCount));
        if (side * side != inputs.PixelCount)
        {
            return false;
        }

        var cell = (side * Scale) + Gap;
        var rows = Math.Min(Rows, report.Subject.Reported.Count);
        var columns = 1 + report.Attacks.Count;
        var pixels = new byte[rows * cell * columns * cell];
        pixels.AsSpan().Fill(128);
        for (var row = 0; row < rows; row++)
        {
            Put(inputs.Image(report.Subject.Reported[row]).Span, row, 0);
            for (var column = 1; column < columns; column++)
            {
                Put(report.Attacks[column - 1].Set.Images[row].Pixels, row, column);
            }
        }

        using var bitmap = new SKBitmap(new SKImageInfo(columns * cell, rows * cell, SKColorType.Gray8, SKAlphaType.Opaque));
        for (var y = 0; y < rows * cell; y++)
        {
            Marshal.Copy(pixels, y * columns * cell, bitmap.GetPixels() + (y * bitmap.RowBytes), columns * cell);
        }

        using var file = File.Create(path);
        bitmap.Encode(file, SKEncodedImageFormat.Png, 100);
        return true;

        void Put(ReadOnlySpan<float> image, int row, int column)
        {
            for (var y = 0; y < side * Scale; y++)
            {
                for (var x = 0; x < side * Scale; x++)
                {
                    pixels[(((row * cell) + y) * columns * cell) + (column * cell) + x] = (byte)MathF.Round(image[(y / Scale * side) + (x / Scale)] * 255);
                }
            }
        }
    }
}
