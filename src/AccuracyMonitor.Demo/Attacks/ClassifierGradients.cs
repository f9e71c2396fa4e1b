using AccuracyMonitor.Demo.Data;
using AccuracyMonitor.Demo.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace AccuracyMonitor.Demo.Attacks;

/// <summary>Gradients of the demo's classifier by the pixels, through the weights that are served. Needs libtorch. Not thread-safe.</summary>
public sealed class ClassifierGradients : IDisposable
{
    private readonly ClassifierNetwork _network = new();

    /// <param name="classifierPath">The classifier's ONNX file.</param>
    /// <exception cref="DemoDataException">Not the demo's classifier.</exception>
    public ClassifierGradients(string classifierPath)
    {
        set_num_threads(1);
        _network.LoadWeights(ClassifierFile.ReadWeights(classifierPath));
        _network.eval();
        foreach (var parameter in _network.parameters())
        {
            parameter.requires_grad = false;
        }
    }

    /// <summary>∂ log P_k / ∂x_j of the wanted classes, one backward pass of as many copies of the image.</summary>
    /// <param name="image">784 values 0…1.</param>
    /// <param name="classes">Each 0…9.</param>
    /// <param name="gradients">Row-major classes×784, overwritten.</param>
    public void Compute(ReadOnlySpan<float> image, ReadOnlySpan<int> classes, Span<float> gradients)
    {
        using var scope = NewDisposeScope();

        // A convolution of one image takes another path of libtorch, which writes a warning about NNPACK each time where the processor is not to its taste.
        var rows = Math.Max(2, classes.Length);
        var copies = new float[rows * LabelledImages.PixelCount];
        var wanted = new float[rows * LabelledImages.ClassCount];
        for (var i = 0; i < classes.Length; i++)
        {
            image.CopyTo(copies.AsSpan(i * LabelledImages.PixelCount));
            wanted[(i * LabelledImages.ClassCount) + classes[i]] = 1;
        }

        // A product with zeros and ones, since picking by index or adding would take a number (see TorchSection).
        var input = tensor(copies, [rows, 1, LabelledImages.Side, LabelledImages.Side]).requires_grad_(true);
        var logs = nn.functional.log_softmax(_network.forward(input), dim: 1);
        (logs * tensor(wanted, [rows, LabelledImages.ClassCount])).sum().backward();
        input.grad!.data<float>().ToArray().AsSpan(0, classes.Length * LabelledImages.PixelCount).CopyTo(gradients);
    }

    public void Dispose() => _network.Dispose();
}
