using AccuracyMonitor.Demo.Data;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AccuracyMonitor.Demo.Model;

/// <summary>
/// The classifier as TorchSharp sees it: two convolutions of 3×3 with pooling, one hidden layer, 105,866 parameters. Images [n,1,28,28] of
/// 0…1 in, logits [n,10] out.
/// </summary>
internal sealed class ClassifierNetwork : nn.Module<Tensor, Tensor>
{
    public const int FirstChannels = 16;
    public const int SecondChannels = 32;
    public const int Hidden = 64;
    private const double DropoutRate = 0.25;

    private readonly Conv2d _conv1 = nn.Conv2d(1, FirstChannels, kernel_size: 3, padding: 1);
    private readonly Conv2d _conv2 = nn.Conv2d(FirstChannels, SecondChannels, kernel_size: 3, padding: 1);
    private readonly Linear _hidden = nn.Linear(SecondChannels * 7 * 7, Hidden);
    private readonly Linear _output = nn.Linear(Hidden, LabelledImages.ClassCount);
    private readonly Dropout _dropout = nn.Dropout(DropoutRate);

    public ClassifierNetwork()
        : base(nameof(ClassifierNetwork))
    {
        register_module("conv1", _conv1);
        register_module("conv2", _conv2);
        register_module("hidden", _hidden);
        register_module("output", _output);
        register_module("dropout", _dropout);
    }

    /// <summary>What has weights, in order, and what its outputs go through to the next; null: nothing.</summary>
    public IReadOnlyList<(nn.Module<Tensor, Tensor> Layer, Func<Tensor, Tensor>? Then)> Layers =>
    [
        (_conv1, x => nn.functional.max_pool2d(nn.functional.relu(x), 2)),
        (_conv2, x => nn.functional.max_pool2d(nn.functional.relu(x), 2).flatten(1)),
        (_hidden, x => _dropout.forward(nn.functional.relu(x))),
        (_output, null),
    ];

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = input;
        foreach (var (layer, then) in Layers)
        {
            var y = layer.forward(x);
            x = then is null ? y : then(y);
        }

        return x.MoveToOuterDisposeScope();
    }

    /// <summary>Copies the weights out: arrays, never tensors, leave this folder.</summary>
    public ClassifierWeights ReadWeights() =>
        new(named_parameters().ToDictionary(
            p => p.name, p => new WeightArray([.. p.parameter.shape.Select(d => (int)d)], p.parameter.data<float>().ToArray()), StringComparer.Ordinal));

    /// <exception cref="DemoDataException">A weight is missing or of another shape.</exception>
    public void LoadWeights(ClassifierWeights weights)
    {
        using var noGradient = no_grad();
        foreach (var (name, parameter) in named_parameters())
        {
            if (!weights.Arrays.TryGetValue(name, out var array) || !parameter.shape.SequenceEqual(array.Shape.Select(d => (long)d)))
            {
                throw new DemoDataException($"The classifier has no weight '{name}' of shape [{string.Join(", ", parameter.shape)}].");
            }

            using var values = tensor(array.Values, parameter.shape);
            parameter.copy_(values);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _conv1.Dispose();
            _conv2.Dispose();
            _hidden.Dispose();
            _output.Dispose();
            _dropout.Dispose();
        }

        base.Dispose(disposing);
    }
}
