namespace AccuracyMonitor.Training.Networks;

/// <summary>
/// Adam with decoupled weight decay (Loshchilov, Hutter, "Decoupled weight decay regularization", 2019, algorithm 2), over plain spans.
/// Written out because TorchSharp's optimizers pass every constant as a scalar object that the garbage collector may free during the call
/// (seen with 0.107: "Expected false to be true" from addcmul_ after some thousand steps).
/// </summary>
internal sealed class AdamW(int count, double learningRate, double weightDecay)
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-8;

    private readonly float[] _mean = new float[count];
    private readonly float[] _square = new float[count];
    private int _steps;

    /// <summary>Learning rate of the next step, 0 or more.</summary>
    public double LearningRate { get; set; } = learningRate;

    /// <summary>Moves the weights one step down the gradient.</summary>
    public void Step(Span<float> weights, ReadOnlySpan<float> gradient)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(weights.Length, count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(gradient.Length, count);
        _steps++;
        var step = (float)(LearningRate / (1 - Math.Pow(Beta1, _steps)));
        var correction = (float)(1 / Math.Sqrt(1 - Math.Pow(Beta2, _steps)));
        var keep = (float)(1 - (LearningRate * weightDecay));
        for (var i = 0; i < weights.Length; i++)
        {
            var g = gradient[i];
            _mean[i] = ((float)Beta1 * _mean[i]) + ((float)(1 - Beta1) * g);
            _square[i] = ((float)Beta2 * _square[i]) + ((float)(1 - Beta2) * g * g);
            weights[i] = (keep * weights[i]) - (step * _mean[i] / ((MathF.Sqrt(_square[i]) * correction) + (float)Epsilon));
        }
    }
}
