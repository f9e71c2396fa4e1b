using System.Numerics.Tensors;

namespace AccuracyMonitor.Core.Recalibration;

/// <summary>
/// A head with the uncertainty that its labels leave: a normal distribution of the parameters around the fit (Laplace approximation; MacKay
/// 1992, "The evidence framework applied to classification networks", Neural Computation 4), in the sandwich form for weighted labels
/// (White 1982, "Maximum likelihood estimation of misspecified models", Econometrica 50).
/// </summary>
/// <remarks>
/// With a standard normal prior for θ and labels of weight w, the error of the fit is H⁻¹(Σ w(y−p)z − θ), H = I + Σ w·p(1−p)·zzᵀ. Its mean
/// square in a direction u is |a|² + Σ w²·p(1−p)·(zᵀa)² with a = H⁻¹u. Equal weights give the usual variance uᵀH⁻¹u.
/// </remarks>
public sealed class RecalibrationPosterior
{
    private readonly RecalibrationProblem? _problem;
    private readonly double[] _design = [];
    private readonly double[] _factor = [];
    private readonly double[] _roots = [];
    private readonly bool _inSamples;

    internal RecalibrationPosterior(RecalibrationHead head, RecalibrationProblem? problem, IReadOnlyList<LabelledPrediction> samples)
    {
        Head = head;
        _problem = problem;
        if (problem is null)
        {
            return;
        }

        var (n, d) = (samples.Count, problem.ParameterCount);
        _design = problem.Design();
        _roots = new double[n];
        for (var i = 0; i < n; i++)
        {
            var p = head.Score(samples[i].MonitorLogit, samples[i].Probabilities, samples[i].PredictedClass);
            _roots[i] = Math.Sqrt(problem.LabelWeights[i] * p * (1 - p));
        }

        _inSamples = n < d;
        _factor = _inSamples ? SamplesMatrix(problem.Gram(), n) : ParametersMatrix(n, d);
        Cholesky.Factor(_factor, _inSamples ? n : d);
    }

    /// <summary>The fitted head.</summary>
    public RecalibrationHead Head { get; }

    /// <summary>Mean square error of the mean score of <paramref name="population"/> due to the uncertainty of the head; it excludes the
    /// randomness of the outcomes. 0 without labels, because then the head's error is unknown.</summary>
    public double MeanScoreVariance(WindowPopulation population)
    {
        ArgumentNullException.ThrowIfNull(population);
        if (_problem is null)
        {
            return 0;
        }

        var direction = new double[_problem.ParameterCount];
        population.AddScoreGradient(Head, _problem, direction);
        return MeanSquare(direction);
    }

    private double MeanSquare(double[] u)
    {
        var (n, d) = (_roots.Length, u.Length);
        var a = (double[])u.Clone();
        if (_inSamples)
        {
            // H⁻¹u = u − ZᵀD^½(I + D^½ZZᵀD^½)⁻¹D^½Zu, by Woodbury's identity.
            var v = new double[n];
            for (var i = 0; i < n; i++)
            {
                v[i] = _roots[i] * TensorPrimitives.Dot(Row(i, d), u);
            }

            Cholesky.Solve(_factor, n, v);
            for (var i = 0; i < n; i++)
            {
                TensorPrimitives.MultiplyAdd(Row(i, d), -_roots[i] * v[i], a, a);
            }
        }
        else
        {
            Cholesky.Solve(_factor, d, a);
        }

        var square = TensorPrimitives.SumOfSquares<double>(a);
        for (var i = 0; i < n; i++)
        {
            var reach = _roots[i] * TensorPrimitives.Dot(Row(i, d), a);
            square += _problem!.LabelWeights[i] * reach * reach;
        }

        return square;
    }

    private double[] SamplesMatrix(double[] gram, int n)
    {
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                gram[(i * n) + j] *= _roots[i] * _roots[j];
            }

            gram[(i * n) + i] += 1;
        }

        return gram;
    }

    private double[] ParametersMatrix(int n, int d)
    {
        var matrix = new double[d * d];
        for (var i = 0; i < n; i++)
        {
            var row = Row(i, d);
            for (var j = 0; j < d; j++)
            {
                var lower = matrix.AsSpan(j * d, j + 1);
                TensorPrimitives.MultiplyAdd(row[..(j + 1)], _roots[i] * _roots[i] * row[j], lower, lower);
            }
        }

        for (var j = 0; j < d; j++)
        {
            matrix[(j * d) + j] += 1;
        }

        return matrix;
    }

    private ReadOnlySpan<double> Row(int i, int d) => _design.AsSpan(i * d, d);
}
