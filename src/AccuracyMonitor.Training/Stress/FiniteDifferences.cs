namespace AccuracyMonitor.Training.Stress;

/// <summary>
/// Gradients of a black box by central differences: 2q queries an image, whatever the number of classes. At the edge of 0…1 the difference is
/// one-sided.
/// </summary>
/// <param name="classifier">Any.</param>
/// <param name="step">Half the width of the difference, in pixel values: small compared with the curvature of the network, large compared with the error of
/// log P in single precision (about 1e-6/<paramref name="step"/>).</param>
public sealed class FiniteDifferences(IImageClassifier classifier, float step = 0.01f) : ILogGradients
{
    /// <summary>Single precision may round a probability to 0.</summary>
    private const float LeastProbability = 1e-30f;

    private readonly float[] _images = new float[2 * classifier.PixelCount * classifier.PixelCount];
    private readonly float[] _probabilities = new float[2 * classifier.PixelCount * classifier.ClassCount];

    public int Compute(ReadOnlyMemory<float> image, ReadOnlySpan<int> classes, Span<float> gradients)
    {
        var (q, k) = (classifier.PixelCount, classifier.ClassCount);
        var x = image.Span;
        for (var j = 0; j < q; j++)
        {
            var up = _images.AsSpan(2 * j * q, q);
            var down = _images.AsSpan(((2 * j) + 1) * q, q);
            x.CopyTo(up);
            x.CopyTo(down);
            up[j] = Math.Min(1, x[j] + step);
            down[j] = Math.Max(0, x[j] - step);
        }

        classifier.Predict(_images, _probabilities);
        for (var j = 0; j < q; j++)
        {
            var width = _images[(2 * j * q) + j] - _images[(((2 * j) + 1) * q) + j];
            for (var c = 0; c < classes.Length; c++)
            {
                gradients[(c * q) + j] = (LogOf((2 * j * k) + classes[c]) - LogOf((((2 * j) + 1) * k) + classes[c])) / width;
            }
        }

        return 2 * q;
    }

    private float LogOf(int at) => MathF.Log(Math.Max(LeastProbability, _probabilities[at]));
}
