using System.Numerics.Tensors;
using MathNet.Numerics.LinearAlgebra.Double;

namespace AccuracyMonitor.Evaluation.LabelFree;

/// <summary>Scores that tend to rise with a window's accuracy: they rank windows, they are no accuracies.</summary>
public static class WindowScores
{
    /// <summary>
    /// ‖Q‖_* / √(min(n,K)·n), the sum of the singular values of the n×K softmax matrix (Deng, Suh, Gould and Zheng 2023, "Confidence and
    /// dispersity speak: characterising prediction matrix for unsupervised accuracy estimation"): high where rows are sure and all
    /// classes are used. (0,1]; NaN without rows.
    /// </summary>
    /// <remarks>Compare windows of the same size: with fewer than some ten rows a class, noise adds to the smaller singular
    /// values.</remarks>
    public static double NuclearNorm(SoftmaxOutputs window)
    {
        ArgumentNullException.ThrowIfNull(window);
        return NuclearNorm(window, Uniform(window.Count));
    }

    /// <summary>
    /// (Σ q⁴/(n·K))^¼ (Xie, Odonnat, Feofanov, Deng, Zhang and An 2024, "MaNo: exploiting matrix norm for unsupervised accuracy estimation
    /// under distribution shifts", softmax branch; its other branch needs logits). [0,1]; NaN without rows.
    /// </summary>
    /// <remarks>One norm of the whole window: the published code takes the mean of norms of batches, so its score moves with the batch
    /// size.</remarks>
    public static double MaNo(SoftmaxOutputs window)
    {
        ArgumentNullException.ThrowIfNull(window);
        return MaNo(window, Uniform(window.Count));
    }

    /// <inheritdoc cref="NuclearNorm(SoftmaxOutputs)"/>
    /// <param name="window">n rows.</param>
    /// <param name="weights">Of the rows, summing to 1, in place of 1/n each.</param>
    internal static double NuclearNorm(SoftmaxOutputs window, ReadOnlySpan<double> weights)
    {
        var k = window.ClassCount;
        if (window.Count == 0)
        {
            return double.NaN;
        }

        // The singular values of Q/√n are the roots of the eigenvalues of QᵀQ/n; K×K, however long the window.
        var gram = new double[k * k];
        var row = new double[k];
        for (var i = 0; i < window.Count; i++)
        {
            TensorPrimitives.ConvertTruncating<float, double>(window.Row(i), row);
            for (var a = 0; a < k; a++)
            {
                if (row[a] > 0)
                {
                    var target = gram.AsSpan(a * k, k);
                    TensorPrimitives.MultiplyAdd(row, weights[i] * row[a], target, target);
                }
            }
        }

        var sum = 0.0;
        foreach (var eigenvalue in new DenseMatrix(k, k, gram).Evd(MathNet.Numerics.LinearAlgebra.Symmetricity.Symmetric).EigenValues)
        {
            sum += Math.Sqrt(Math.Max(0, eigenvalue.Real));
        }

        return sum / Math.Sqrt(Math.Min(window.Count, k));
    }

    /// <inheritdoc cref="MaNo(SoftmaxOutputs)"/>
    /// <param name="window">n rows.</param>
    /// <param name="weights">Of the rows, summing to 1, in place of 1/n each.</param>
    internal static double MaNo(SoftmaxOutputs window, ReadOnlySpan<double> weights)
    {
        var sum = window.Count == 0 ? double.NaN : 0.0;
        for (var i = 0; i < window.Count; i++)
        {
            foreach (var q in window.Row(i))
            {
                double square = q * (double)q;
                sum += weights[i] * square * square;
            }
        }

        return Math.Pow(sum / window.ClassCount, 0.25);
    }

    private static double[] Uniform(int count)
    {
        var weights = new double[count];
        weights.AsSpan().Fill(1.0 / Math.Max(1, count));
        return weights;
    }
}
