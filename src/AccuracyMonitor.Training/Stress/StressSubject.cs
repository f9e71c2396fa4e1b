using AccuracyMonitor.Core;
using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Training.Stress;

/// <summary>A classifier with the images it is tried on, drawn by seed: some to report on, others to harden and train with, no image in both.</summary>
public sealed class StressSubject
{
    private const ulong ImagesStream = 31;
    private const ulong AttackStream = 32;
    private const int FewestOthers = 100;

    private readonly IImageClassifier _classifier;
    private readonly StressOptions _options;
    private readonly SwarmAttack _swarm;
    private readonly SignAttack _sign;

    /// <param name="classifier">Attacked.</param>
    /// <param name="gradients">Of it: a copy's, or <see cref="FiniteDifferences"/>.</param>
    /// <param name="inputs">All images there are.</param>
    /// <param name="options">In range.</param>
    /// <exception cref="ArgumentException">An option out of range, images of another size, a label that is no class, or too few images that the classifier gets
    /// right with an influence of at least <see cref="StressOptions.LeastInfluence"/>, or too few beside them.</exception>
    public StressSubject(IImageClassifier classifier, ILogGradients gradients, LabelledInputs inputs, StressOptions options)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(options);
        options.Check(classifier);
        if (inputs.PixelCount != classifier.PixelCount)
        {
            throw new ArgumentException($"Images have {inputs.PixelCount} pixels; the classifier takes {classifier.PixelCount}.", nameof(inputs));
        }

        if (Array.FindIndex(inputs.Labels, l => (uint)l >= (uint)classifier.ClassCount) is >= 0 and var row)
        {
            throw new ArgumentException(
                $"Label {inputs.Labels[row]} of row {row} is none of the classifier's {classifier.ClassCount} classes.", nameof(inputs));
        }

        (_classifier, _options, Inputs) = (classifier, options, inputs);
        (_swarm, _sign) = (new SwarmAttack(classifier, gradients, options), new SignAttack(classifier, gradients, options));
        Clean = Predict(classifier, inputs);
        var order = Enumerable.Range(0, inputs.Count).ToArray();
        SplitMix64.Stream(options.Seed, ImagesStream, 0).Shuffle(order, order.Length);
        int[] fit = [.. order.Where(IsFit)];
        var needed = options.Images + options.TrainImages;
        if (fit.Length < needed)
        {
            throw new ArgumentException(
                $"{fit.Length} of {inputs.Count} images are classified rightly with an influence of {options.LeastInfluence} or more; {needed} are needed.",
                nameof(inputs));
        }

        (Reported, Training) = (fit[..options.Images], fit[options.Images..needed]);

        // Images after the last attacked one are a random sample. Images before it are not, because the correct but uncertain ones were
        // taken out.
        Others = order[(Array.IndexOf(order, fit[needed - 1]) + 1)..];
        if (Others.Count < FewestOthers)
        {
            throw new ArgumentException(
                $"{Others.Count} of {inputs.Count} images are left beside those attacked; {FewestOthers} are needed to judge by.", nameof(inputs));
        }
    }

    /// <summary>All images.</summary>
    public LabelledInputs Inputs { get; }

    /// <summary>What the classifier says of all images.</summary>
    public ReferenceSet Clean { get; }

    /// <summary>Images that are attacked for the report.</summary>
    public IReadOnlyList<int> Reported { get; }

    /// <summary>Images that are attacked for hardening and training.</summary>
    public IReadOnlyList<int> Training { get; }

    /// <summary>A fair draw of the images, none of them attacked: clean ones to judge by.</summary>
    public IReadOnlyList<int> Others { get; }

    /// <summary>Attacks images one after the other. What an image is drawn depends on the seed and its number alone.</summary>
    /// <param name="attack">How.</param>
    /// <param name="rows">Which.</param>
    /// <param name="progress">Receives the number of images done.</param>
    /// <param name="cancellationToken">Checked between two steps.</param>
    public AttackSet Apply(Attack attack, IReadOnlyList<int> rows, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(attack);
        ArgumentNullException.ThrowIfNull(rows);
        var k = _classifier.ClassCount;
        var outputs = new ReferenceSet(new float[rows.Count * k], new int[rows.Count], k);
        var images = new AttackedImage[rows.Count];
        for (var i = 0; i < images.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            images[i] = Apply(attack, rows[i], cancellationToken);
            images[i].Probabilities.CopyTo(outputs.Probabilities, i * k);
            outputs.Labels[i] = Inputs.Labels[rows[i]];
            progress?.Report(i + 1);
        }

        return new AttackSet(attack, images, outputs);
    }

    /// <summary>The clean outputs of some images.</summary>
    public ReferenceSet CleanOf(IEnumerable<int> rows)
    {
        int[] chosen = [.. rows];
        return new ReferenceSet([.. chosen.SelectMany(i => Clean.Row(i).ToArray())], [.. chosen.Select(i => Clean.Labels[i])], Clean.ClassCount);
    }

    internal static ReferenceSet Predict(IImageClassifier classifier, LabelledInputs inputs)
    {
        var outputs = new ReferenceSet(new float[inputs.Count * classifier.ClassCount], inputs.Labels, classifier.ClassCount);
        classifier.Predict(inputs.Pixels, outputs.Probabilities);
        return outputs;
    }

    private bool IsFit(int image)
    {
        var row = Clean.Row(image);
        var target = _options.Goal.TargetOf(row);
        return TopTwo.Of(row).First == Clean.Labels[image] && target != Clean.Labels[image]
            && Influence.OfImage(row[Clean.Labels[image]]) >= _options.LeastInfluence;
    }

    private AttackedImage Apply(Attack attack, int image, CancellationToken cancellationToken)
    {
        var random = SplitMix64.Stream(_options.Seed, AttackStream, (ulong)image);
        var (pixels, label) = (Inputs.Image(image), Inputs.Labels[image]);
        return attack.Method switch
        {
            AttackMethod.Swarm => _swarm.Apply(pixels, Clean.Row(image), label, attack.Selection ?? PixelSelection.Influence, random, cancellationToken),
            AttackMethod.Fgsm => _sign.Fgsm(pixels, Clean.Row(image), label),
            AttackMethod.Pgd => _sign.Pgd(pixels, Clean.Row(image), label, random),
            _ => throw new ArgumentOutOfRangeException(nameof(attack), attack.Method, "Unknown attack."),
        };
    }
}
