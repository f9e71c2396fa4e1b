using AccuracyMonitor.Scoring.Networks;
using Microsoft.ML.OnnxRuntime;

namespace AccuracyMonitor.Scoring.Runtime;

/// <summary>The scorer's buffers bound to one batch size. Created once; a run then needs no allocation and no padding.</summary>
internal sealed class BatchBinding : IDisposable
{
    private readonly OrtIoBinding _binding;
    private readonly List<OrtValue> _values = [];

    public BatchBinding(InferenceSession session, MonitorMetadata metadata, int rows, Memory<float> features, Memory<long> classes, Memory<float> units)
    {
        _binding = session.CreateIoBinding();
        var (width, perRow) = (MemberGraph.Width(metadata), MemberMean.UnitsOf(metadata));
        Bind(MemberGraph.Features, Tensor(features[..(rows * width)], [rows, width]));
        if (MemberGraph.ReadsTheClass(metadata))
        {
            Bind(MemberGraph.PredictedClass, Tensor(classes[..rows], [rows]));
        }

        var output = Tensor(units[..(rows * perRow)], [rows, perRow]);
        _values.Add(output);
        _binding.BindOutput(MemberGraph.Units, output);
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

    private void Bind(string input, OrtValue value)
    {
        _values.Add(value);
        _binding.BindInput(input, value);
    }

    private static OrtValue Tensor<T>(Memory<T> memory, long[] shape)
        where T : unmanaged =>
        OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, memory, shape);
}
