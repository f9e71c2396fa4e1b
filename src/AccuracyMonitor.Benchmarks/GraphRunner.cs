using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Scoring.Runtime;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.ML.OnnxRuntime;

namespace AccuracyMonitor.Benchmarks;

/// <summary>A graph on ONNX Runtime with the scorer's settings and buffers bound to one batch, so that a run copies and allocates
/// nothing.</summary>
internal sealed class GraphRunner : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _options = new();
    private readonly OrtIoBinding _binding;
    private readonly List<OrtValue> _values = [];

    /// <param name="onnx">A graph with the input of a monitor file and with the logit, or logit and disagreement, as outputs.</param>
    /// <param name="rows">Softmax vectors, row-major.</param>
    /// <param name="classes">K.</param>
    public GraphRunner(byte[] onnx, float[] rows, int classes)
    {
        _session = SessionFactory.Open(onnx, new ScorerOptions(ExecutionProvider.Cpu), NullLogger.Instance);
        _binding = _session.CreateIoBinding();
        var count = rows.Length / classes;
        Logits = new float[count];
        _binding.BindInput(MonitorGraph.Input, Value(rows, [count, classes]));
        _binding.BindOutput(MonitorGraph.Logit, Value(Logits, _session.OutputMetadata[MonitorGraph.Logit].Dimensions.Length == 1 ? [count] : [count, 1]));
        if (_session.OutputMetadata.ContainsKey(MonitorGraph.Disagreement))
        {
            Disagreements = new float[count];
            _binding.BindOutput(MonitorGraph.Disagreement, Value(Disagreements, [count]));
        }
    }

    /// <summary>Logits of the last run, length N.</summary>
    public float[] Logits { get; }

    /// <summary>Disagreements of the last run; empty for a single pass.</summary>
    public float[] Disagreements { get; } = [];

    public void Run() => _session.RunWithBinding(_options, _binding);

    public void Dispose()
    {
        _binding.Dispose();
        _values.ForEach(v => v.Dispose());
        _options.Dispose();
        _session.Dispose();
    }

    private OrtValue Value(float[] memory, long[] shape)
    {
        var value = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, memory.AsMemory(), shape);
        _values.Add(value);
        return value;
    }
}
