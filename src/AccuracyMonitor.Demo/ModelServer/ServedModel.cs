using AccuracyMonitor.Demo.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace AccuracyMonitor.Demo.ModelServer;

/// <summary>A float32 tensor of a call.</summary>
/// <param name="Name">Of the model's input or output.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="Values">Row-major.</param>
internal sealed record FloatTensor(string Name, long[] Shape, float[] Values);

/// <summary>What the metadata says of an input or output; −1: any size.</summary>
internal sealed record TensorInfo(string Name, string Datatype, long[] Shape);

/// <summary>An ONNX model with one float32 input. Thread-safe.</summary>
internal sealed class ServedModel : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();

    /// <exception cref="DemoDataException">The file is no model that can be served here.</exception>
    public ServedModel(ModelServerOptions options)
    {
        (Name, Version) = (options.Model, options.Version);
        try
        {
            using var session = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
            _session = new InferenceSession(options.File, session);
        }
        catch (OnnxRuntimeException e)
        {
            throw new DemoDataException($"{options.File}: not a readable ONNX model: {e.Message}", e);
        }

        Inputs = [.. _session.InputMetadata.Select(i => Info(i.Key, i.Value))];
        Outputs = [.. _session.OutputMetadata.Select(o => Info(o.Key, o.Value))];
        if (Inputs is not [{ Datatype: "FP32" }])
        {
            throw new DemoDataException(
                $"{options.File}: inputs are {string.Join(", ", Inputs.Select(i => $"{i.Name} {i.Datatype}"))}; one of FP32 can be served.");
        }
    }

    public string Name { get; }

    public string Version { get; }

    public IReadOnlyList<TensorInfo> Inputs { get; }

    public IReadOnlyList<TensorInfo> Outputs { get; }

    /// <param name="input">Its name must be the model's.</param>
    /// <param name="wanted">Names of outputs; none: all of float32.</param>
    /// <exception cref="ArgumentException">Names, shape or values do not fit the model; the message says which.</exception>
    public IReadOnlyList<FloatTensor> Run(FloatTensor input, IReadOnlyList<string> wanted)
    {
        if (!string.Equals(input.Name, Inputs[0].Name, StringComparison.Ordinal))
        {
            throw new ArgumentException($"input is '{input.Name}'; it must be '{Inputs[0].Name}'.");
        }

        if (input.Shape.Any(d => d < 0) || input.Shape.Aggregate(1L, (product, size) => product * size) != input.Values.Length)
        {
            throw new ArgumentException($"input has shape [{string.Join(",", input.Shape)}] and {input.Values.Length} values; they must agree.");
        }

        var floats = Outputs.Where(o => o.Datatype == "FP32").Select(o => o.Name).ToArray();
        if (wanted.FirstOrDefault(w => !floats.Contains(w, StringComparer.Ordinal)) is { } unknown)
        {
            throw new ArgumentException($"output '{unknown}' is not served; there are {string.Join(", ", floats)}.");
        }

        string[] names = wanted.Count > 0 ? [.. wanted] : floats;
        try
        {
            using var value = OrtValue.CreateTensorValueFromMemory(input.Values, input.Shape);
            using var results = _session.Run(_run, [input.Name], [value], names);
            return [.. results.Select((r, i) => new FloatTensor(names[i], r.GetTensorTypeAndShape().Shape, r.GetTensorDataAsSpan<float>().ToArray()))];
        }
        catch (OnnxRuntimeException e)
        {
            throw new ArgumentException(e.Message, e);
        }
    }

    public void Dispose()
    {
        _run.Dispose();
        _session.Dispose();
    }

    private static TensorInfo Info(string name, NodeMetadata metadata) => new(
        name,
        metadata.ElementDataType switch
        {
            TensorElementType.Float => "FP32",
            TensorElementType.Double => "FP64",
            TensorElementType.Float16 => "FP16",
            TensorElementType.Int64 => "INT64",
            var other => other.ToString().ToUpperInvariant(),
        },
        [.. metadata.Dimensions.Select(d => (long)d)]);
}
