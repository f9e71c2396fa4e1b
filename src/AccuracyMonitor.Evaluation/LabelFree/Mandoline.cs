using System.Numerics.Tensors;
using AccuracyMonitor.Core.Recalibration;

namespace AccuracyMonitor.Evaluation.LabelFree;

/// <summary>
/// <c>mandoline</c>: the reference set's accuracy under weights exp(φᵀx) that bring its slices' shares to the window's (Chen, Goel, Sohoni,
/// Poms, Fatahalian and Ré 2021, "Mandoline: model evaluation under distribution shift"; log-linear KLIEP of Tsuboi et al. 2009).
/// The slices φ are what the output gives: the confidence's decile in the reference set, and the predicted class.
/// </summary>
/// <remarks>
/// Maximises mean_window φᵀx − log Σ_reference exp(φᵀx) − ½·10⁻⁴·|x|² by damped Newton. The ridge decides only where the window has a slice
/// that the reference set has not, or the other way round. Rows of the same decile and class are the same to it, so the reference set is a
/// table of counts.
/// </remarks>
internal sealed class Mandoline : LabelFreeEstimator
{
    private const int Deciles = 10;
    private const double Ridge = 1e-4;
    private const int MaxSteps = 100;
    private readonly float[] _edges;
    private readonly (int Decile, int Class, double Rows, double Right)[] _cells;
    private readonly int _slices;

    public Mandoline(LabelledReference reference)
        : base(reference.ClassCount)
    {
        _slices = Deciles + reference.ClassCount;
        var sorted = (float[])reference.Confidence.Clone();
        Array.Sort(sorted);
        _edges = new float[Deciles - 1];
        for (var d = 1; d < Deciles; d++)
        {
            _edges[d - 1] = sorted[d * sorted.Length / Deciles];
        }

        _cells =
        [
            .. Enumerable.Range(0, reference.Count)
                .GroupBy(i => (Decile: DecileOf(reference.Confidence[i]), Class: reference.Predicted[i]))
                .Select(g => (g.Key.Decile, g.Key.Class, (double)g.Count(), (double)g.Count(i => reference.Correct[i]))),
        ];
    }

    protected override double? OfRows(SoftmaxOutputs window)
    {
        var shares = new double[_slices];
        for (var i = 0; i < window.Count; i++)
        {
            var row = window.Row(i);
            var predicted = TensorPrimitives.IndexOfMax(row);
            shares[DecileOf(row[predicted])] += 1.0 / window.Count;
            shares[Deciles + predicted] += 1.0 / window.Count;
        }

        var x = Maximise(shares);
        var weights = new double[_cells.Length];
        Objective(x, shares, weights);
        var right = 0.0;
        for (var c = 0; c < _cells.Length; c++)
        {
            right += weights[c] * _cells[c].Right / _cells[c].Rows;
        }

        return right;
    }

    // How many edges it is above; equal confidences are in one decile, however many.
    private int DecileOf(float confidence)
    {
        var decile = 0;
        while (decile < _edges.Length && confidence > _edges[decile])
        {
            decile++;
        }

        return decile;
    }

    private double[] Maximise(double[] shares)
    {
        var (x, trial, step) = (new double[_slices], new double[_slices], new double[_slices]);
        var (weights, hessian) = (new double[_cells.Length], new double[_slices * _slices]);
        var value = Objective(x, shares, weights);
        for (var iteration = 0; iteration < MaxSteps; iteration++)
        {
            Derivatives(x, shares, weights, step, hessian);
            var gradient = (double[])step.Clone();
            Cholesky.Factor(hessian, _slices);
            Cholesky.Solve(hessian, _slices, step);
            var decrement = TensorPrimitives.Dot<double>(gradient, step);
            if (decrement <= 1e-14)
            {
                break;
            }

            for (var length = 1.0; length > 1e-10; length /= 2)
            {
                TensorPrimitives.MultiplyAdd(step, length, x, trial);
                var next = Objective(trial, shares, weights);
                if (next >= value + (1e-4 * length * decrement) || length < 1e-9)
                {
                    (x, trial, value) = (trial, x, next);
                    break;
                }
            }
        }

        return x;
    }

    /// <summary>The objective at x; the cells' normalised weights come with it.</summary>
    private double Objective(double[] x, double[] shares, double[] weights)
    {
        for (var c = 0; c < _cells.Length; c++)
        {
            weights[c] = x[_cells[c].Decile] + x[Deciles + _cells[c].Class];
        }

        var largest = TensorPrimitives.Max<double>(weights);
        var sum = 0.0;
        for (var c = 0; c < _cells.Length; c++)
        {
            weights[c] = _cells[c].Rows * Math.Exp(weights[c] - largest);
            sum += weights[c];
        }

        TensorPrimitives.Divide(weights, sum, weights);
        return TensorPrimitives.Dot<double>(shares, x) - largest - Math.Log(sum) - (Ridge / 2 * TensorPrimitives.SumOfSquares<double>(x));
    }

    /// <summary>Gradient, and the negative Hessian Cov_w(φ) + ridge, at the x that the weights are of.</summary>
    private void Derivatives(double[] x, double[] shares, double[] weights, double[] gradient, double[] hessian)
    {
        var mean = new double[_slices];
        Array.Clear(hessian);
        for (var c = 0; c < _cells.Length; c++)
        {
            var (decile, @class) = (_cells[c].Decile, Deciles + _cells[c].Class);
            mean[decile] += weights[c];
            mean[@class] += weights[c];
            hessian[(@class * _slices) + decile] += weights[c];
        }

        for (var i = 0; i < _slices; i++)
        {
            gradient[i] = shares[i] - mean[i] - (Ridge * x[i]);
            hessian[(i * _slices) + i] += mean[i] + Ridge;
            for (var j = 0; j <= i; j++)
            {
                hessian[(i * _slices) + j] -= mean[i] * mean[j];
            }
        }
    }
}
