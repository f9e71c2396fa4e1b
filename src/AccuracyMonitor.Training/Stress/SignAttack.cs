using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Training.Stress;

/// <summary>
/// FGSM (Goodfellow, Shlens and Szegedy 2015, arXiv 1412.6572, section 4) and PGD (Madry et al. 2018, arXiv 1706.06083, section 2.1) in the
/// maximum norm, for any classifier with available gradients. They change every pixel and are the baseline for the particle swarm, which
/// changes few.
/// </summary>
/// <param name="classifier">Attacked.</param>
/// <param name="gradients">Followed.</param>
/// <param name="options">In range.</param>
internal sealed class SignAttack(IImageClassifier classifier, ILogGradients gradients, StressOptions options)
{
    // As in Madry et al.'s published attacks: every corner of the ball is within reach.
    private const float PgdReach = 2.5f;

    private readonly float[] _gradient = new float[classifier.PixelCount];

    public AttackedImage Fgsm(ReadOnlyMemory<float> image, ReadOnlySpan<float> clean, int label) =>
        Finish(image, clean, label, image.ToArray(), steps: 1, options.Radius / GreyLevels.Most);

    public AttackedImage Pgd(ReadOnlyMemory<float> image, ReadOnlySpan<float> clean, int label, SplitMix64 random)
    {
        var radius = options.Radius / GreyLevels.Most;
        var start = image.ToArray();
        for (var j = 0; j < start.Length; j++)
        {
            start[j] = Math.Clamp(start[j] + (float)(((2 * random.NextDouble()) - 1) * radius), 0, 1);
        }

        return Finish(image, clean, label, start, options.PgdSteps, PgdReach * radius / options.PgdSteps);
    }

    private AttackedImage Finish(ReadOnlyMemory<float> image, ReadOnlySpan<float> clean, int label, float[] current, int steps, float size)
    {
        var objective = new SwarmObjective(label, options.Goal.TargetOf(clean), Probability: null);
        var (radius, queries) = (options.Radius / GreyLevels.Most, 0);
        var x = image.Span;
        int[] wanted = [objective.Target ?? label];
        for (var step = 0; step < steps; step++)
        {
            queries += gradients.Compute(current, wanted, _gradient);
            for (var j = 0; j < current.Length; j++)
            {
                var sign = MathF.Sign(_gradient[j]) * (objective.Target is null ? -1 : 1);
                current[j] = Math.Clamp(Math.Clamp(current[j] + (size * sign), x[j] - radius, x[j] + radius), 0, 1);
            }
        }

        // The radius is a whole number of grey levels and so is the image: rounding does not leave the ball.
        for (var j = 0; j < current.Length; j++)
        {
            current[j] = GreyLevels.Round(current[j]);
        }

        var probabilities = new float[classifier.ClassCount];
        classifier.Predict(current, probabilities);
        return new AttackedImage(current, probabilities, objective.Reached(probabilities), queries, SwarmAttack.Changed(x, current));
    }
}
