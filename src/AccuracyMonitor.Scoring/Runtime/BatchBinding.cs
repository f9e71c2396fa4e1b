using AccuracyMonitor.Scoring.Networks;
using Microsoft.ML.OnnxRuntime;

namespace AccuracyMonitor.Scoring.Runtime;

/// <summary>The scorer's buffers bound to one batch size: made once, then a run allocates nothing and pads nothing.</summary>
internal sealed class BatchBinding : IDisposable
{
    private readonly OrtIoBinding _binding;
    private readonly OrtValue[] _values;

    public BatchBinding(InferenceSession session, int rows, int classes, Memory<float> probabilities, Memory<float> logits, Memory<float> disagreements)
    {
        _binding = session.CreateIoBinding();
        _values =
        [
            Tensor(probabilities[..(rows * classes)], [rows, classes]),
            Tensor(logits[..rows], [rows]),
            Tensor(disagreements[..rows], [rows]),
        ];
        _binding.BindInput(MonitorGraph.Input, _values[0]);
        _binding.BindOutput(MonitorGraph.Logit, _values[1]);
        _binding.BindOutput(MonitorGraph.Disagreement, _values[2]);
    }

    public void Run(InferenceSession session, RunOptions options) => session.RunWithBinding(options, _binding);

    public void Dispose()
    {
        _binding.Dispose();
        foreach (var value in _values)
        {
            value.Dispose();
        }
    }

    private static OrtValue Tensor(Memory<float> memory, long[] shape) =>
        OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, memory, shape);
}
