using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Training.Stress;

/// <summary>Changes a few pixels of an image by particle swarm, in the manner of mFI-PSO (Shu et al., arXiv 2006.03243): the swarm queries the classifier and
/// needs no gradient.</summary>
/// <param name="classifier">Attacked.</param>
/// <param name="gradients">For choosing the pixels.</param>
/// <param name="options">In range.</param>
internal sealed class SwarmAttack(IImageClassifier classifier, ILogGradients gradients, StressOptions options)
{
    private readonly int[] _classes = [.. Enumerable.Range(0, classifier.ClassCount)];
    private readonly float[] _gradients = new float[classifier.ClassCount * classifier.PixelCount];
    private readonly float[] _images = new float[options.Swarm.Particles * classifier.PixelCount];
    private readonly float[] _probabilities = new float[options.Swarm.Particles * classifier.ClassCount];

    /// <param name="image">q values.</param>
    /// <param name="clean">K probabilities of it.</param>
    /// <param name="label">True class.</param>
    /// <param name="selection">How the pixels are chosen.</param>
    /// <param name="random">Of this image.</param>
    /// <param name="cancellationToken">Checked between two steps.</param>
    public AttackedImage Apply(
        ReadOnlyMemory<float> image, ReadOnlySpan<float> clean, int label, PixelSelection selection, SplitMix64 random, CancellationToken cancellationToken)
    {
        var objective = new SwarmObjective(label, options.Goal.TargetOf(clean), options.Goal.Probability);
        var queries = selection == PixelSelection.Random ? 0 : gradients.Compute(image, _classes, _gradients);
        var chosen = PixelSelector.Select(selection, image.Span, clean, _gradients, objective, options, random);
        var box = (float)options.Box;
        var (lower, upper) = (new float[chosen.Length], new float[chosen.Length]);
        for (var i = 0; i < chosen.Length; i++)
        {
            var x = image.Span[chosen[i]];
            (lower[i], upper[i]) = (Math.Max(-box, -x), Math.Min(box, 1 - x));
        }

        for (var particle = 0; particle < options.Swarm.Particles; particle++)
        {
            image.Span.CopyTo(_images.AsSpan(particle * image.Length));
        }

        var swarm = new ParticleSwarm(lower, upper, (positions, values) => Ask(image.Span, chosen, positions, objective, values), options.Swarm, random);
        swarm.Run(objective.Enough(options.Goal.ProbabilityTolerance), cancellationToken);

        var (found, probabilities) = (image.ToArray(), new float[classifier.ClassCount]);
        Put(image.Span, chosen, swarm.Best, found);
        classifier.Predict(found, probabilities);
        return new AttackedImage(found, probabilities, objective.Reached(probabilities), queries + swarm.Evaluations, Changed(image.Span, found));
    }

    internal static int Changed(ReadOnlySpan<float> image, ReadOnlySpan<float> found)
    {
        var changed = 0;
        for (var j = 0; j < image.Length; j++)
        {
            changed += image[j] == found[j] ? 0 : 1;
        }

        return changed;
    }

    private static double Put(ReadOnlySpan<float> image, int[] chosen, ReadOnlySpan<float> changes, Span<float> into)
    {
        var sum = 0.0;
        for (var i = 0; i < chosen.Length; i++)
        {
            into[chosen[i]] = GreyLevels.Round(image[chosen[i]] + changes[i]);
            sum += Math.Abs(into[chosen[i]] - image[chosen[i]]);
        }

        return sum;
    }

    private void Ask(ReadOnlySpan<float> image, int[] chosen, ReadOnlySpan<float> positions, SwarmObjective objective, Span<double> values)
    {
        var (q, k) = (classifier.PixelCount, classifier.ClassCount);
        for (var particle = 0; particle < values.Length; particle++)
        {
            values[particle] = Put(image, chosen, positions.Slice(particle * chosen.Length, chosen.Length), _images.AsSpan(particle * q, q));
        }

        classifier.Predict(_images, _probabilities);
        for (var particle = 0; particle < values.Length; particle++)
        {
            values[particle] = objective.Value(_probabilities.AsSpan(particle * k, k), values[particle]);
        }
    }
}
