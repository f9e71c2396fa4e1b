using AccuracyMonitor.Demo.Attacks;
using AccuracyMonitor.Training.Stress;

namespace AccuracyMonitor.Runs.Stress;

/// <summary>The demo classifier's TorchSharp copy, as an attack asks it: no query of the deployed one.</summary>
internal sealed class DemoLogGradients(ClassifierGradients gradients) : ILogGradients
{
    public int Compute(ReadOnlyMemory<float> image, ReadOnlySpan<int> classes, Span<float> into)
    {
        gradients.Compute(image.Span, classes, into);
        return 0;
    }
}
