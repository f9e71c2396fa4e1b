using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AccuracyMonitor.Demo.Model;

/// <summary>
/// One step forward and back with everything rounded. Layer by layer, since the gradient by a layer's outputs is rounded twice, once for its weights and
/// once for the layer before; the multiplications are libtorch's, in single precision.
/// </summary>
internal sealed class RoundedStep(ClassifierNetwork network, ClassifierRounding rounding)
{
    private int _steps;

    /// <summary>Leaves each parameter's gradient in it.</summary>
    /// <param name="input">Images.</param>
    /// <param name="labels">Classes.</param>
    /// <returns>Mean cross-entropy, nats.</returns>
    public double Run(Tensor input, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var exact = network.ReadWeights();
        SetWeights(name => rounding.Weights(exact[name].Values));
        var (trace, x) = (new List<Passed>(), input);
        foreach (var (layer, then) in network.Layers)
        {
            var before = Leaf(Of(rounding.Activations(Values(x)), x));
            var outputs = layer.forward(before);
            var after = Leaf(outputs.detach());
            x = then is null ? after : then(after);
            trace.Add(new Passed(layer, before, outputs, after, x));
        }

        var loss = nn.functional.cross_entropy(x, labels);
        Tensor? gradient = null;
        for (var l = trace.Count - 1; l >= 0; l--)
        {
            var passed = trace[l];
            gradient = gradient is null
                ? autograd.grad([loss], [passed.After])[0]
                : autograd.grad([passed.Next], [passed.After], [gradient])[0];
            var rounded = rounding.Gradients(_steps, l, Values(gradient), (int)input.shape[0]);
            autograd.backward([passed.Outputs], [Of(rounded.ForWeights, gradient)], retain_graph: l > 0, inputs: [.. passed.Layer.parameters()]);
            gradient = l > 0 ? autograd.grad([passed.Outputs], [passed.Before], [Of(rounded.ForInputs, gradient)])[0] : null;
        }

        SetWeights(name => exact[name].Values);
        _steps++;
        return loss.item<float>();
    }

    // Biases are no matrices: they stay as they are.
    private void SetWeights(Func<string, float[]> values)
    {
        using var noGradient = no_grad();
        foreach (var (name, parameter) in network.named_parameters().Where(p => p.parameter.dim() > 1))
        {
            using var rounded = tensor(values(name), parameter.shape);
            parameter.copy_(rounded);
        }
    }

    private static float[] Values(Tensor tensor) => tensor.detach().contiguous().data<float>().ToArray();

    private static Tensor Of(float[] values, Tensor like) => tensor(values, like.shape);

    private static Tensor Leaf(Tensor tensor) => tensor.requires_grad_(true);

    private sealed record Passed(nn.Module<Tensor, Tensor> Layer, Tensor Before, Tensor Outputs, Tensor After, Tensor Next);
}
