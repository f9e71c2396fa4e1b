using AccuracyMonitor.Demo.Corruptions;
using AccuracyMonitor.Demo.Data;
using AccuracyMonitor.Demo.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace AccuracyMonitor.Demo.Attacks;

/// <summary>
/// White-box attacks on the demo's classifier: images changed by at most a few grey levels a pixel, along the gradient of the loss, so that
/// the classifier errs. Needs libtorch. Not thread-safe.
/// </summary>
public sealed class GradientAttack : IDisposable
{
    private const int PgdSteps = 10;
    private const int BatchSize = 200;

    private readonly ClassifierNetwork _network = new();

    /// <param name="classifierPath">The classifier's ONNX file: the gradient is taken through the weights that are served.</param>
    /// <exception cref="DemoDataException">Not the demo's classifier.</exception>
    public GradientAttack(string classifierPath)
    {
        set_num_threads(1);
        _network.LoadWeights(ClassifierFile.ReadWeights(classifierPath));
        _network.eval();
        foreach (var parameter in _network.parameters())
        {
            parameter.requires_grad = false;
        }
    }

    /// <summary>Attacks every image; labels stay. The same images and options give the same bytes on the same kind of processor.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An unknown kind or a severity outside 1…5.</exception>
    public LabelledImages Apply(LabelledImages images, AttackOptions options, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(options);
        var attacked = new byte[images.Pixels.Length];
        for (var start = 0; start < images.Count; start += BatchSize)
        {
            cancel.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var batch = images.Slice(start, Math.Min(BatchSize, images.Count - start));
            var clean = tensor(batch.Pixels.ToArray(), ScalarType.Byte)
                .view(batch.Count, 1, LabelledImages.Side, LabelledImages.Side).to(ScalarType.Float32);
            var labels = tensor(batch.Labels.ToArray(), ScalarType.Byte).to(ScalarType.Int64);
            var result = options.Kind switch
            {
                AttackKind.Fgsm => TorchSection.Run(() => Step(clean, clean, labels, options.Radius, options.Radius)),
                AttackKind.Pgd => Pgd(clean, labels, options, (ulong)start),
                _ => throw new ArgumentOutOfRangeException(nameof(options), options.Kind, "Unknown attack."),
            };

            // The radius is a whole number of grey levels, so rounding does not leave the ball.
            result.round().to(ScalarType.Byte).data<byte>().ToArray().CopyTo(attacked, start * LabelledImages.PixelCount);
        }

        return new LabelledImages(attacked, images.Labels.ToArray());
    }

    public void Dispose() => _network.Dispose();

    private Tensor Pgd(Tensor clean, Tensor labels, AttackOptions options, ulong firstItem)
    {
        // Step size 2.5·ε/steps, as in Madry et al.'s published attacks: every corner of the ball is within reach.
        var size = 2.5f * options.Radius / PgdSteps;
        var start = new float[clean.numel()];
        var noise = new SeededNoise(options.Seed, firstItem);
        for (var i = 0; i < start.Length; i++)
        {
            start[i] = (float)(((2 * noise.Uniform()) - 1) * options.Radius);
        }

        var current = TorchSection.Run(() => (clean + tensor(start, clean.shape)).clamp(0, 255));
        for (var step = 0; step < PgdSteps; step++)
        {
            var previous = current;
            current = TorchSection.Run(() => Step(previous, clean, labels, size, options.Radius));
            previous.Dispose();
        }

        return current;
    }

    /// <summary>One step up the loss, back into the ball about the clean image and into 0…255. All in grey levels.</summary>
    private Tensor Step(Tensor current, Tensor clean, Tensor labels, float size, float radius)
    {
        using var scope = NewDisposeScope();
        var input = current.detach().clone().requires_grad_(true);
        var loss = nn.functional.cross_entropy(_network.forward(input / 255), labels, reduction: nn.Reduction.Sum);
        loss.backward();
        var moved = current + (size * input.grad!.sign());
        return moved.maximum(clean - radius).minimum(clean + radius).clamp(0, 255).detach().MoveToOuterDisposeScope();
    }
}
