using System.Numerics.Tensors;

namespace AccuracyMonitor.Core.Recalibration;

/// <summary>
/// Cholesky decomposition A = LLᵀ of a symmetric positive definite matrix, row-major, in place. It proceeds by rows, so that every inner
/// loop is a dot product of two contiguous spans. No pivoting and no check: no matrix here has an eigenvalue below 1.
/// </summary>
internal static class Cholesky
{
    /// <summary>Replaces the lower triangle by L; the upper triangle is ignored.</summary>
    public static void Factor(double[] a, int n)
    {
        for (var i = 0; i < n; i++)
        {
            var row = a.AsSpan(i * n, i + 1);
            for (var j = 0; j < i; j++)
            {
                row[j] = (row[j] - TensorPrimitives.Dot<double>(row[..j], a.AsSpan(j * n, j))) / a[(j * n) + j];
            }

            row[i] = Math.Sqrt(row[i] - TensorPrimitives.SumOfSquares<double>(row[..i]));
        }
    }

    /// <summary>Replaces b by the solution of LLᵀx = b.</summary>
    public static void Solve(double[] l, int n, Span<double> b)
    {
        for (var i = 0; i < n; i++)
        {
            b[i] = (b[i] - TensorPrimitives.Dot<double>(l.AsSpan(i * n, i), b[..i])) / l[(i * n) + i];
        }

        for (var i = n - 1; i >= 0; i--)
        {
            b[i] /= l[(i * n) + i];
            TensorPrimitives.MultiplyAdd(l.AsSpan(i * n, i), -b[i], b[..i], b[..i]);
        }
    }
}
