using AccuracyMonitor.Demo.Data;
using Microsoft.ML.OnnxRuntime;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace AccuracyMonitor.Demo.Serving;

/// <summary>The deployed model: 28×28 grey images in, softmax over ten classes out. Thread-safe.</summary>
public sealed class Classifier : IDisposable
{
    public const string InputName = "image";
    public const string OutputName = "probabilities";
    public const int ClassCount = LabelledImages.ClassCount;

    private static readonly string[] Inputs = [InputName];
    private static readonly string[] Outputs = [OutputName];
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();

    private Classifier(InferenceSession session) => _session = session;

    /// <exception cref="DemoDataException">The file is missing or not the demo's classifier.</exception>
    public static Classifier Load(string path)
    {
        try
        {
            return Load(File.ReadAllBytes(path), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DemoDataException($"{path}: not readable: {e.Message}", e);
        }
    }

    internal static Classifier Load(byte[] onnx, string name)
    {
        InferenceSession? session = null;
        try
        {
            // One thread: the application shares the machine with the monitor and with whoever sends the requests.
            using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
            session = new InferenceSession(onnx, options);
            if (!session.InputMetadata.ContainsKey(InputName) || !session.OutputMetadata.ContainsKey(OutputName))
            {
                throw new DemoDataException($"{name}: no input '{InputName}' and output '{OutputName}'; not the demo's classifier.");
            }

            var classifier = new Classifier(session);
            session = null;
            return classifier;
        }
        catch (OnnxRuntimeException e)
        {
            throw new DemoDataException($"{name}: not a readable ONNX model: {e.Message}", e);
        }
        finally
        {
            session?.Dispose();
        }
    }

    /// <param name="pixels">n·784 values 0…1, row-major.</param>
    /// <returns>n·10 probabilities, row-major.</returns>
    public float[] Predict(ReadOnlyMemory<float> pixels)
    {
        var count = pixels.Length / LabelledImages.PixelCount;
        using var input = OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance,
            System.Runtime.InteropServices.MemoryMarshal.AsMemory(pixels),
            [count, 1, LabelledImages.Side, LabelledImages.Side]);
        using var results = _session.Run(_run, Inputs, [input], Outputs);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }

    /// <summary>As <see cref="Predict(ReadOnlyMemory{float})"/>, for n·784 bytes 0…255; in batches of 256.</summary>
    public float[] Predict(ReadOnlySpan<byte> images)
    {
        const int BatchPixels = 256 * LabelledImages.PixelCount;
        var probabilities = new float[images.Length / LabelledImages.PixelCount * ClassCount];
        var pixels = new float[Math.Min(BatchPixels, images.Length)];
        for (var start = 0; start < images.Length; start += BatchPixels)
        {
            var batch = images.Slice(start, Math.Min(BatchPixels, images.Length - start));
            for (var i = 0; i < batch.Length; i++)
            {
                pixels[i] = batch[i] / 255f;
            }

            Predict(pixels.AsMemory(0, batch.Length)).CopyTo(probabilities, start / LabelledImages.PixelCount * ClassCount);
        }

        return probabilities;
    }

    public void Dispose()
    {
        _run.Dispose();
        _session.Dispose();
    }
}
