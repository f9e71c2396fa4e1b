using System.Numerics.Tensors;

namespace AccuracyMonitor.Evaluation.LabelFree;

/// <summary>
/// Temperature scaling (Guo, Pleiss, Sun and Weinberger 2017, "On calibration of modern neural networks", section 4.2) of softmax outputs:
/// softmax(log p / T) is softmax(z / T) exactly, since log p is z less a constant.
/// </summary>
/// <param name="Inverse">1/T, in [0.05, 20].</param>
internal sealed record Temperature(double Inverse)
{
    // An all-right reference set would take 1/T to infinity and an all-wrong one to 0.
    private const double Least = 0.05;
    private const double Greatest = 20;
    private const int MaxSteps = 200;

    // Only exact zeros lie below it in practice. Where a label has probability 0, this is how surprised to be: 46 nats, not infinitely.
    private const float LeastProbability = 1e-20f;

    /// <summary>
    /// The 1/T with the least negative log-likelihood Σ log Σ exp(b·l_k) − b·l_y, convex in b = 1/T: the root of its slope by Newton's
    /// steps, by halving where one would leave the bracket.
    /// </summary>
    public static Temperature Fit(LabelledReference reference)
    {
        var (n, k) = (reference.Count, reference.ClassCount);
        var logs = new double[n * k];
        for (var i = 0; i < n; i++)
        {
            Logs(reference.Set.Row(i), logs.AsSpan(i * k, k));
        }

        var (low, high, b) = (Least, Greatest, 1.0);
        for (var step = 0; step < MaxSteps && high - low > 1e-12 * high; step++)
        {
            var (slope, curvature) = Derivatives(logs, reference.Set.Labels, k, b);
            (low, high) = slope > 0 ? (low, b) : (b, high);
            var newton = curvature > 0 ? b - (slope / curvature) : double.NaN;
            var next = newton > low && newton < high ? newton : (low + high) / 2;
            if (slope == 0 || Math.Abs(next - b) <= 1e-12 * b)
            {
                break;
            }

            b = next;
        }

        return new Temperature(b);
    }

    /// <summary>softmax(log p / T), length K.</summary>
    public void Apply(ReadOnlySpan<float> probabilities, Span<double> scaled)
    {
        Logs(probabilities, scaled);
        Scale(scaled, Inverse);
    }

    private static void Logs(ReadOnlySpan<float> probabilities, Span<double> logs)
    {
        for (var k = 0; k < probabilities.Length; k++)
        {
            logs[k] = Math.Max(probabilities[k], LeastProbability);
        }

        TensorPrimitives.Log<double>(logs, logs);
    }

    private static void Scale(Span<double> logs, double inverse)
    {
        TensorPrimitives.Multiply(logs, inverse, logs);
        TensorPrimitives.Subtract(logs, TensorPrimitives.Max<double>(logs), logs);
        TensorPrimitives.Exp<double>(logs, logs);
        TensorPrimitives.Divide(logs, TensorPrimitives.Sum<double>(logs), logs);
    }

    private static (double Slope, double Curvature) Derivatives(double[] logs, int[] labels, int k, double b)
    {
        var p = new double[k];
        var (slope, curvature) = (0.0, 0.0);
        for (var i = 0; i < labels.Length; i++)
        {
            var row = logs.AsSpan(i * k, k);
            row.CopyTo(p);
            Scale(p, b);
            var mean = TensorPrimitives.Dot<double>(p, row);
            slope += mean - row[labels[i]];
            TensorPrimitives.Multiply(p, row, p);
            curvature += TensorPrimitives.Dot<double>(p, row) - (mean * mean);
        }

        return (slope, curvature);
    }
}
