using System.Numerics.Tensors;
using AccuracyMonitor.Core;
using AccuracyMonitor.Training.Networks;

namespace AccuracyMonitor.Training.BitCentering;

/// <summary>
/// The convex problem of a network's last layer: a change δ of its weights and bias, over inputs that do not change. Logistic loss of offset + x·δ, and
/// λ/2·‖δ‖², which makes it λ-strongly convex and L-smooth with L = max(wᵢ‖xᵢ‖²)/4 + λ.
/// </summary>
/// <param name="inputs">Row-major N×d; the last column is the bias's.</param>
/// <param name="offsets">Logit of each sample before the change.</param>
/// <param name="correct">1 or 0, length N.</param>
/// <param name="weights">Mean 1, length N.</param>
/// <param name="penalty">λ, positive.</param>
internal sealed class LogisticHead(double[] inputs, double[] offsets, float[] correct, float[] weights, double penalty) : IFiniteSum
{
    public int Count => offsets.Length;

    public int Dimension { get; } = inputs.Length / offsets.Length;

    public IReadOnlyList<int> Blocks => [Dimension];

    /// <summary>Lipschitz constant of the gradient.</summary>
    public double Smoothness
    {
        get
        {
            var largest = 0.0;
            for (var i = 0; i < Count; i++)
            {
                largest = Math.Max(largest, weights[i] * TensorPrimitives.SumOfSquares(Row(i)));
            }

            return (largest / 4) + penalty;
        }
    }

    public double Objective(ReadOnlySpan<double> w)
    {
        var sum = 0.0;
        for (var i = 0; i < Count; i++)
        {
            var z = offsets[i] + TensorPrimitives.Dot(Row(i), w);
            sum += weights[i] * Logistic.SoftPlus(correct[i] > 0 ? -z : z);
        }

        return (sum / Count) + (penalty / 2 * TensorPrimitives.SumOfSquares(w));
    }

    public void Gradient(ReadOnlySpan<double> w, ReadOnlySpan<int> rows, Span<double> gradient)
    {
        TensorPrimitives.Multiply(w, penalty, gradient);
        var count = rows.IsEmpty ? Count : rows.Length;
        for (var r = 0; r < count; r++)
        {
            var i = rows.IsEmpty ? r : rows[r];
            var residual = Logistic.Sigmoid(offsets[i] + TensorPrimitives.Dot(Row(i), w)) - correct[i];
            TensorPrimitives.MultiplyAdd(Row(i), weights[i] * residual / count, gradient, gradient);
        }
    }

    private ReadOnlySpan<double> Row(int i) => inputs.AsSpan(i * Dimension, Dimension);
}
