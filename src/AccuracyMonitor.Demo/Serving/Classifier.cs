using AccuracyMonitor.Client;
using AccuracyMonitor.Client.OnnxRuntime;
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
    private readonly MonitoredSession? _monitored;
    private readonly RunOptions _run = new();

    private Classifier(InferenceSession session, MonitorClient? monitor)
    {
        _session = session;
        _monitored = monitor is null ? null : new MonitoredSession(session, monitor, OutputName);
    }

    /// <param name="path">The ONNX file.</param>
    /// <param name="monitor">Observes every prediction; null: nobody does.</param>
    /// <exception cref="DemoDataException">The file is missing or not the demo's classifier.</exception>
    public static Classifier Load(string path, MonitorClient? monitor = null)
    {
        try
        {
            return Load(File.ReadAllBytes(path), path, monitor);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DemoDataException($"{path}: not readable: {e.Message}", e);
        }
    }

    internal static Classifier Load(byte[] onnx, string name, MonitorClient? monitor = null)
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

            var classifier = new Classifier(session, monitor);
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
    /// <param name="observation">The ids the monitor is told, and the time.</param>
    /// <returns>n·10 probabilities, row-major.</returns>
    public float[] Predict(ReadOnlyMemory<float> pixels, Observation observation = default)
    {
        var count = pixels.Length / LabelledImages.PixelCount;
        using var input = OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance,
            System.Runtime.InteropServices.MemoryMarshal.AsMemory(pixels),
            [count, 1, LabelledImages.Side, LabelledImages.Side]);
        using var results = _monitored is null
            ? _session.Run(_run, Inputs, [input], Outputs)
            : _monitored.Run(_run, Inputs, [input], Outputs, observation);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }

    /// <summary>As <see cref="Predict(ReadOnlyMemory{float}, Observation)"/>, for n·784 bytes 0…255; in batches of 256.</summary>
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
