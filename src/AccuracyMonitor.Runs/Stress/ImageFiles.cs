using AccuracyMonitor.Demo.Data;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Training.Stress;

namespace AccuracyMonitor.Runs.Stress;

/// <summary>Labelled images from files: IDX (the MNIST family, plain or gzip), or NumPy's .npy with bytes 0…255 or floating point 0…1.</summary>
internal static class ImageFiles
{
    /// <exception cref="ArgumentException">Shapes or values are not those of images and labels.</exception>
    /// <exception cref="DemoDataException">Not readable as IDX.</exception>
    public static LabelledInputs Read(string images, string labels)
    {
        var (shape, pixels) = ReadPixels(images);
        var classes = ReadLabels(labels);
        if (shape.Length < 2 || shape[0] != classes.Length || classes.Length == 0)
        {
            throw new ArgumentException(
                $"{images} has shape ({string.Join(", ", shape)}) and {labels} {classes.Length} labels; expected (n, …) and n, at least 1.");
        }

        var outside = Array.FindIndex(pixels, p => p is not (>= 0 and <= 1));
        return outside < 0
            ? new LabelledInputs(pixels, classes)
            : throw new ArgumentException($"{images}: value {pixels[outside]} at {outside}; expected 0…1 of floating point, or bytes.");
    }

    public static LabelledInputs From(LabelledImages images) => new(Scale(images.Pixels), [.. images.Labels.ToArray().Select(l => (int)l)]);

    private static (int[] Shape, float[] Pixels) ReadPixels(string path)
    {
        if (!IsNumPy(path))
        {
            var idx = IdxFile.Read(path);
            return (idx.Dimensions, Scale(idx.Values));
        }

        using var stream = File.OpenRead(path);
        try
        {
            return NpyReader.ReadFloats(stream, stream.Length);
        }
        catch (InvalidDataException)
        {
            stream.Position = 0;
            var (shape, values) = ReadIntegers(stream, path);
            return (shape, [.. values.Select(v => v is >= 0 and <= 255 ? v / 255f : float.NaN)]);
        }
    }

    private static int[] ReadLabels(string path)
    {
        if (!IsNumPy(path))
        {
            return [.. IdxFile.Read(path).Values.Select(b => (int)b)];
        }

        using var stream = File.OpenRead(path);
        return ReadIntegers(stream, path).Values;
    }

    private static (int[] Shape, int[] Values) ReadIntegers(FileStream stream, string path)
    {
        try
        {
            var (shape, values) = NpyReader.ReadLabels(stream, stream.Length);
            return (shape, Array.ConvertAll(values, v => v is >= 0 and <= int.MaxValue && Math.Floor(v) == v ? (int)v : -1));
        }
        catch (InvalidDataException e)
        {
            throw new ArgumentException($"{path}: {e.Message}", e);
        }
    }

    private static bool IsNumPy(string path) => path.EndsWith(".npy", StringComparison.OrdinalIgnoreCase);

    private static float[] Scale(ReadOnlySpan<byte> bytes)
    {
        var scaled = new float[bytes.Length];
        for (var i = 0; i < bytes.Length; i++)
        {
            scaled[i] = bytes[i] / 255f;
        }

        return scaled;
    }
}
