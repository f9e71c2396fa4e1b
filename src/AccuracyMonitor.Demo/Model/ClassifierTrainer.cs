using AccuracyMonitor.Demo.Corruptions;
using AccuracyMonitor.Demo.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace AccuracyMonitor.Demo.Model;

/// <param name="Epochs">Passes over the training images, at least 1.</param>
/// <param name="Seed">Of the initial weights, the order of the images and the dropout masks.</param>
internal sealed record ClassifierTrainingOptions(int Epochs = 8, long Seed = 1)
{
    public int BatchSize { get; init; } = 128;

    public double LearningRate { get; init; } = 2e-3;

    /// <summary>The rate of a step, from its number and the number of all; null: half a cosine down from <see cref="LearningRate"/>.</summary>
    public Func<int, int, double>? Schedule { get; init; }

    /// <summary>Trained further; null: drawn.</summary>
    public ClassifierWeights? Start { get; init; }

    /// <summary>Trains in few bits; null: in single precision.</summary>
    public ClassifierRounding? Rounding { get; init; }
}

/// <param name="Epoch">1-based.</param>
/// <param name="Share">Of this epoch, (0,1].</param>
/// <param name="Loss">Mean cross-entropy of the epoch so far, nats.</param>
public sealed record ClassifierProgress(int Epoch, int Epochs, double Share, double Loss);

/// <summary>Trains the classifier: Adam, a learning rate that falls as half a cosine or as it is told, cross-entropy.</summary>
/// <remarks>
/// Two runs with the same seed give the same bytes on the same machine: libtorch is held to one thread, since sums split over threads are
/// added in another order. The first weights and the dropout come from libtorch's one stream of random numbers: no other network may be
/// made or trained in the process meanwhile. Another processor may round differently.
/// </remarks>
internal static class ClassifierTrainer
{
    public static ClassifierWeights Train(
        LabelledImages images, ClassifierTrainingOptions options, IProgress<ClassifierProgress>? progress, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Epochs, 1);
        set_num_threads(1);
        manual_seed(options.Seed);
        using var network = new ClassifierNetwork();
        if (options.Start is { } start)
        {
            network.LoadWeights(start);
        }

        using var optimiser = optim.Adam(network.parameters(), options.LearningRate);
        using var pixels = tensor(images.Pixels.ToArray(), ScalarType.Byte).view(images.Count, 1, LabelledImages.Side, LabelledImages.Side);
        using var labels = tensor(images.Labels.ToArray(), ScalarType.Byte).to(ScalarType.Int64);
        var steps = (images.Count + options.BatchSize - 1) / options.BatchSize;
        var rounded = options.Rounding is { } rounding ? new RoundedStep(network, rounding) : null;
        network.train();
        for (var epoch = 0; epoch < options.Epochs; epoch++)
        {
            var order = Shuffle(images.Count, (ulong)options.Seed, (ulong)epoch);
            var loss = 0.0;
            for (var step = 0; step < steps; step++)
            {
                cancel.ThrowIfCancellationRequested();
                SetLearningRate(optimiser, options.Schedule is { } schedule
                    ? schedule((epoch * steps) + step, options.Epochs * steps)
                    : Cosine(options.LearningRate, ((double)epoch + ((double)step / steps)) / options.Epochs));
                var batch = order[(step * options.BatchSize)..Math.Min((step + 1) * options.BatchSize, images.Count)];
                loss += rounded is null ? TorchSection.Run(() => Step(network, optimiser, pixels, labels, batch))
                    : Step(rounded, optimiser, pixels, labels, batch);
                if (step % 16 == 0 || step == steps - 1)
                {
                    progress?.Report(new ClassifierProgress(epoch + 1, options.Epochs, (step + 1.0) / steps, loss / (step + 1)));
                }
            }
        }

        return network.ReadWeights();
    }

    // Rounding allocates more than a torch section has room for, and does without torch: only what takes numbers is in one.
    private static double Step(RoundedStep rounded, optim.Optimizer optimiser, Tensor pixels, Tensor labels, long[] batch)
    {
        using var scope = NewDisposeScope();
        var index = tensor(batch);
        var input = TorchSection.Run(() => pixels.index_select(0, index).to(ScalarType.Float32).div_(255));
        optimiser.zero_grad();
        var loss = rounded.Run(input, labels.index_select(0, index));
        return TorchSection.Run(() =>
        {
            optimiser.step();
            return loss;
        });
    }

    private static double Step(
        ClassifierNetwork network, optim.Optimizer optimiser, Tensor pixels, Tensor labels, long[] batch)
    {
        using var scope = NewDisposeScope();
        var index = tensor(batch);
        var input = pixels.index_select(0, index).to(ScalarType.Float32).div_(255);
        var loss = nn.functional.cross_entropy(network.forward(input), labels.index_select(0, index));
        optimiser.zero_grad();
        loss.backward();
        optimiser.step();
        return loss.item<float>();
    }

    private static double Cosine(double rate, double done) => rate * 0.5 * (1 + Math.Cos(Math.PI * done));

    private static void SetLearningRate(optim.Optimizer optimiser, double rate)
    {
        foreach (var group in optimiser.ParamGroups)
        {
            group.LearningRate = rate;
        }
    }

    private static long[] Shuffle(int count, ulong seed, ulong epoch)
    {
        var noise = new SeededNoise(seed, epoch);
        var order = new long[count];
        for (var i = 0; i < count; i++)
        {
            var j = (int)(noise.Uniform() * (i + 1));
            order[i] = order[j];
            order[j] = i;
        }

        return order;
    }
}
