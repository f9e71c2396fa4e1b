using System.Numerics.Tensors;

namespace AccuracyMonitor.Core.Recalibration;

/// <summary>
/// Weighted logistic regression with a standard normal prior: minimises Σ wᵢ·loss(e⁰ᵢ + zᵢᵀθ, yᵢ) + ½|θ|² by damped Newton. The problem is
/// strictly convex, so the solution is unique. The line search is needed because plain Newton steps overshoot on saturated scores and may
/// diverge.
/// </summary>
/// <remarks>
/// The same steps are available in two forms: in the d parameters, or in the n samples with θ = Zᵀα and G = ZZᵀ (Rasmussen and Williams
/// 2006, "Gaussian Processes for Machine Learning", algorithm 3.1). In both forms the matrix to factor is the identity plus a positive
/// semi-definite matrix.
/// </remarks>
internal static class RidgeLogistic
{
    private const int MaxSteps = 100;
    private const double Armijo = 1e-4;

    /// <summary>Data of a problem: offsets e⁰, outcomes y, weights w, all of length n.</summary>
    internal readonly record struct Data(double[] Offsets, bool[] Outcomes, double[] Weights)
    {
        public int Count => Offsets.Length;

        public double Loss(ReadOnlySpan<double> logits)
        {
            double sum = 0;
            for (var i = 0; i < Count; i++)
            {
                sum += Weights[i] * Logistic.Loss(logits[i], Outcomes[i]);
            }

            return sum;
        }

        /// <summary>First and second derivative of the loss with respect to each logit.</summary>
        public void Derivatives(ReadOnlySpan<double> logits, Span<double> slopes, Span<double> curvatures)
        {
            for (var i = 0; i < Count; i++)
            {
                var p = Logistic.Sigmoid(logits[i]);
                slopes[i] = Weights[i] * (Outcomes[i] ? p - 1 : p);
                curvatures[i] = Weights[i] * p * (1 - p);
            }
        }
    }

    /// <summary>θ, by d×d systems. Cost per step about nd²/2 + d³/6 multiplications.</summary>
    /// <param name="z">Row-major n×d.</param>
    public static double[] InParameters(double[] z, int d, Data data)
    {
        var n = data.Count;
        var (theta, gradient, step) = (new double[d], new double[d], new double[d]);
        var (slopes, curvatures, direction) = (new double[n], new double[n], new double[n]);
        var hessian = new double[d * d];
        return Descend(
            data,
            theta,
            logits =>
            {
                data.Derivatives(logits, slopes, curvatures);
                theta.CopyTo(gradient, 0);
                Array.Clear(hessian);
                for (var i = 0; i < n; i++)
                {
                    var row = z.AsSpan(i * d, d);
                    TensorPrimitives.MultiplyAdd(row, slopes[i], gradient, gradient);
                    for (var j = 0; j < d; j++)
                    {
                        var lower = hessian.AsSpan(j * d, j + 1);
                        TensorPrimitives.MultiplyAdd(row[..(j + 1)], curvatures[i] * row[j], lower, lower);
                    }
                }

                for (var j = 0; j < d; j++)
                {
                    hessian[(j * d) + j] += 1;
                    step[j] = -gradient[j];
                }

                Cholesky.Factor(hessian, d);
                Cholesky.Solve(hessian, d, step);
                Multiply(z, d, step, direction);
                return new Step(step, direction, -Dot(gradient, step), Dot(theta, step), Dot(step, step));
            });
    }

    /// <summary>α, by n×n systems. Cost per step about n³/6 multiplications.</summary>
    /// <param name="gram">G = ZZᵀ, row-major n×n, both triangles.</param>
    public static double[] InSamples(double[] gram, Data data)
    {
        var n = data.Count;
        var (alpha, step, direction, gramAlpha) = (new double[n], new double[n], new double[n], new double[n]);
        var (slopes, curvatures, v, gramV) = (new double[n], new double[n], new double[n], new double[n]);
        var roots = new double[n];
        var b = new double[n * n];
        return Descend(
            data,
            alpha,
            logits =>
            {
                data.Derivatives(logits, slopes, curvatures);
                for (var i = 0; i < n; i++)
                {
                    roots[i] = Math.Sqrt(curvatures[i]);
                    v[i] = slopes[i] + alpha[i];
                }

                // B = I + D^½ G D^½; the step in α is −(v − D^½ B⁻¹ D^½ G v), by Woodbury's identity.
                Multiply(gram, n, v, gramV);
                for (var i = 0; i < n; i++)
                {
                    var row = b.AsSpan(i * n, i + 1);
                    TensorPrimitives.Multiply(gram.AsSpan(i * n, i + 1), roots.AsSpan(0, i + 1), row);
                    TensorPrimitives.Multiply(row, roots[i], row);
                    row[i] += 1;
                    step[i] = roots[i] * gramV[i];
                }

                Cholesky.Factor(b, n);
                Cholesky.Solve(b, n, step);
                for (var i = 0; i < n; i++)
                {
                    step[i] = (roots[i] * step[i]) - v[i];
                }

                Multiply(gram, n, step, direction);
                Multiply(gram, n, alpha, gramAlpha);
                return new Step(step, direction, -Dot(v, direction), Dot(gramAlpha, step), Dot(step, direction));
            });
    }

    private static double[] Descend(Data data, double[] position, Func<double[], Step> propose)
    {
        var n = data.Count;
        var (logits, trial) = ((double[])data.Offsets.Clone(), new double[n]);
        double penalty = 0;
        var loss = data.Loss(logits);
        for (var i = 0; i < MaxSteps; i++)
        {
            var step = propose(logits);
            var value = loss + penalty;
            var last = step.Decrement <= 1e-10 * (1 + value);
            for (var length = 1.0; ; length /= 2)
            {
                TensorPrimitives.MultiplyAdd(step.LogitDirection, length, logits, trial);
                var newPenalty = penalty + (length * step.PenaltySlope) + (0.5 * length * length * step.PenaltyCurvature);
                var newLoss = data.Loss(trial);

                // So close to the minimum that the full step is right and the difference of the values is rounding error.
                if (last || newLoss + newPenalty <= value - (Armijo * length * step.Decrement) || length < 1e-10)
                {
                    TensorPrimitives.MultiplyAdd(step.Direction, length, position, position);
                    (logits, trial, loss, penalty) = (trial, logits, newLoss, newPenalty);
                    break;
                }
            }

            if (last)
            {
                break;
            }
        }

        return position;
    }

    private static void Multiply(double[] matrix, int columns, ReadOnlySpan<double> x, Span<double> result)
    {
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = TensorPrimitives.Dot(matrix.AsSpan(i * columns, columns), x);
        }
    }

    private static double Dot(double[] x, double[] y) => TensorPrimitives.Dot<double>(x, y);

    /// <summary>A proposed step: in the unknowns, in the logits, its Newton decrement, and the change of ½|θ|² along it.</summary>
    private readonly record struct Step(
        double[] Direction, double[] LogitDirection, double Decrement, double PenaltySlope, double PenaltyCurvature);
}
